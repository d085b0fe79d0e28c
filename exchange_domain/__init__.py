"""What is true: tables, rules, money, imports and messages. Knows neither pages nor the switch."""
