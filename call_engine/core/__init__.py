"""What an operator's line does, as plain functions: no I/O, no clock, no chance. Times are epoch milliseconds."""
