"""The tour: what the pages of a role are for, shown on the live page on the first visit, and again when asked for."""

from .guide import tour, tour_button

__all__ = ["tour", "tour_button"]
