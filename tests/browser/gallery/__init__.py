"""Every page and state of operator and manager, put on the screen without an engine, and looked at."""
