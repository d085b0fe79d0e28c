#!/bin/sh
# PgBouncer with a configuration made from the environment: POOLER_FOLDER, POOLER_LISTEN, POOLER_PORT, DATABASE_HOST,
# DATABASE_PORT, PROGRAMS_PASSWORD. 1.21 or later: it keeps prepared statements over transactions.
set -eu
umask 077
mkdir -p "$POOLER_FOLDER"
printf '"exchange_programs" "%s"\n' "$PROGRAMS_PASSWORD" > "$POOLER_FOLDER/users"
cat > "$POOLER_FOLDER/pooler.ini" <<INI
[databases]
exchange = host=$DATABASE_HOST port=$DATABASE_PORT dbname=${DATABASE_NAME:-exchange}

[pgbouncer]
listen_addr = $POOLER_LISTEN
listen_port = $POOLER_PORT
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $POOLER_FOLDER/users
pool_mode = transaction
max_prepared_statements = 500
max_client_conn = 4000
default_pool_size = 40
reserve_pool_size = 10
reserve_pool_timeout = 2
server_idle_timeout = 300
query_wait_timeout = 30
# What programs ask for themselves at the start of a connection; shared connections have it from their role instead.
ignore_startup_parameters = extra_float_digits,idle_in_transaction_session_timeout,tcp_keepalives_idle,tcp_keepalives_interval,tcp_keepalives_count
log_connections = 0
log_disconnections = 0
INI
exec ${PGBOUNCER:-pgbouncer} "$POOLER_FOLDER/pooler.ini"
