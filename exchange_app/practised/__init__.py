"""Aptitude tests and lessons as operators and moderators see them: their words, their figures, their sound."""
