"""The words that a class's feedback may repeat.

A submission's process may put what it was given, or the earlier work that it holds, into names and
texts that a message repeats. Words that stand in the submission as it was handed in, or in the
course's code, cannot carry that; of any other only the place is kept.
"""

from __future__ import annotations

import builtins
import functools
import re
from pathlib import Path

import numpy as np
import torch

_WORD = re.compile(r"[^\W\d]\w*")
_PACKAGE = Path(__file__).parent.parent


class Words:
    """The words of a submission and of the course.

    Args:
        own: the submission's code.
    """

    def __init__(self, own: str) -> None:
        self._own = own

    def has(self, word: str) -> bool:
        """Whether it is one of them."""
        return word in _course_words() or word in self._own_words

    def kept(self, message: str) -> str:
        """The message with three dots in place of all other words."""
        return _WORD.sub(lambda word: word[0] if self.has(word[0]) else "...", message)

    @functools.cached_property
    def _own_words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._own))


@functools.cache
def _course_words() -> frozenset[str]:
    """Words of checks and their messages, and names of Python's, torch's and numpy's own."""
    files = [each for room in ("grading", "units") for each in (_PACKAGE / room).rglob("*.py")]
    words = (word for each in files for word in _WORD.findall(each.read_text(encoding="utf-8")))
    return frozenset([*words, *dir(builtins), *dir(torch), *dir(np)])
