#!/bin/sh
# Makes a database folder from a backup, up to a moment or to the end of the archived log. The server must not run; start
# it afterwards: it replays the log by itself and then takes connections.
#
#   sh restore.sh FOLDER [BACKUP_TIME] [MOMENT]
#
# FOLDER: empty or not there. BACKUP_TIME: a name in $BACKUP/base; `latest` by default. MOMENT: 2026-11-29 12:00:00+00.
set -eu
umask 077
backup=${BACKUP:-/backup}
folder=${1:?usage: restore.sh FOLDER [BACKUP_TIME] [MOMENT]}
from=${2:-latest}
moment=${3:-}
[ "$from" != latest ] || from=$(ls "$backup/base" | grep 'Z$' | sort | tail -n 1)
[ -n "$from" ] && [ -d "$backup/base/$from" ] || { echo "restore: there is no backup '$from' in $backup/base" >&2; exit 1; }
[ -z "$(ls -A "$folder" 2>/dev/null)" ] || { echo "restore: $folder is not empty" >&2; exit 1; }
mkdir -p "$folder"
cp -a "$backup/base/$from/." "$folder/"
chmod 700 "$folder"
{
    echo "restore_command = 'cp \"$backup/wal/%f\" \"%p\"'"
    echo "recovery_target_action = 'promote'"
    if [ -n "$moment" ]; then echo "recovery_target_time = '$moment'"; fi
} >> "$folder/postgresql.auto.conf"
touch "$folder/recovery.signal"
echo "restore: $folder is from $from${moment:+, up to $moment}; start the server on it"
