"""The autograder of the attention-heads course.

In a notebook::

    from autograder import check, explain, hint, mine, predict, status

    check("softmax")                          # grade your answer, here and now
    hint("softmax")                           # one hint at a time
    explain("softmax")                        # why it is right, once you have it
    status()                                  # what is done, what is next
    rotary, KVCache = mine("rotary", "KVCache")   # your own earlier work
"""

from __future__ import annotations

from typing import Any

__all__ = ["check", "explain", "hint", "load_ipython_extension", "mine", "predict", "status"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from .learner import notebook, predictions

        return getattr(predictions if name == "predict" else notebook, name)
    raise AttributeError(f"module 'autograder' has no attribute '{name}'")
