"""Only what changed goes to the browser."""

from typing import Any

import reflex as rx


class OnlyChanges(rx.State, mixin=True):
    """A state whose vars are often set to what they are already: that is no change, and nothing of it is sent.

    The framework sends every var that was set, changed or not; a view of the engine sets thirty of them at once.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name in self.base_vars and getattr(self, name) == value:
            return
        super().__setattr__(name, value)
