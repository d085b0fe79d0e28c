"""Calls with robots: the aptitude test before the first paid call, and lessons. Nobody is charged, nobody is paid."""
