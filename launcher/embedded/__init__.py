"""PostgreSQL and Valkey from their wheels, for machines that have neither."""
