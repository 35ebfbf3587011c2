"""The autograder of the attention-heads course.

In a notebook::

    from . import check, hint, mine, status

    check("softmax")                          # grade your answer, here and now
    hint("softmax")                           # one hint at a time
    status()                                  # what is done, what is next
    rotary, KVCache = mine("rotary", "KVCache")   # your own earlier work
"""

from __future__ import annotations

from typing import Any

__all__ = ["check", "hint", "load_ipython_extension", "mine", "status"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from .learner import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'autograder' has no attribute '{name}'")
