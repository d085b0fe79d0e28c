#!/bin/sh
# A whole copy of the database while it works, checked, into $BACKUP/base/TIME; older ones than KEEP_DAYS (14) go, with the
# write-ahead log that only they needed. Together with the archived log ($BACKUP/wal) any moment since can be had again.
#
#   docker compose exec postgres sh /etc/exchange/backup.sh          nightly, by cron
#
# BACKUP (/backup), KEEP_DAYS (14); the server by PGHOST, PGPORT, PGUSER as for any of PostgreSQL's programs.
set -eu
umask 077
backup=${BACKUP:-/backup}
at=$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$backup/base" "$backup/wal"
trap 'rm -rf "$backup/base/$at.part"' EXIT
pg_basebackup --pgdata "$backup/base/$at.part" --checkpoint fast --wal-method stream --no-password
pg_verifybackup --quiet "$backup/base/$at.part"
mv "$backup/base/$at.part" "$backup/base/$at"
echo "backup: $backup/base/$at is whole"

find "$backup/base" -mindepth 1 -maxdepth 1 -name '*Z' -mtime "+${KEEP_DAYS:-14}" -exec rm -rf {} +
oldest=$(ls "$backup/base" | sort | head -n 1)
first=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\)).*/\1/p' "$backup/base/$oldest/backup_label")
pg_archivecleanup "$backup/wal" "$first"
