"""What the programs tell of themselves to whoever watches them: figures, never a name, a number or a word of a talk."""
