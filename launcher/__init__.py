"""Starts and supervises everything `./run` offers."""
