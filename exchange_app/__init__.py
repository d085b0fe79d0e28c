"""What people see: one folder a role; `shell`, `design`, `i18n`, `live` and `security` carry what all pages share."""
