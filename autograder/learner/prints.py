"""What an answer prints while it is checked: the beginning of it, for it runs dozens of times."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import TextIO

_CHARACTERS = 1500


class _Beginning(io.TextIOBase):
    """A screen that passes on what is printed first, and counts the lines of the rest."""

    def __init__(self, screen: TextIO) -> None:
        self._screen, self._left = screen, _CHARACTERS
        self.lines = 0

    def write(self, text: str) -> int:
        """Pass on as much as there is room for."""
        shown, rest = text[: self._left], text[self._left :]
        self._left -= len(shown)
        self._screen.write(shown)
        self.lines += rest.count("\n")
        return len(text)

    def flush(self) -> None:
        """Flush the screen."""
        self._screen.flush()


@contextlib.contextmanager
def cut_short() -> Iterator[None]:
    """Print the beginning only of what is printed inside, and how much more there was."""
    beginning = _Beginning(sys.stdout)
    try:
        with contextlib.redirect_stdout(beginning):
            yield
    finally:
        if beginning.lines:
            print(f"\n(Your code printed {beginning.lines} more lines while it was checked.)")
