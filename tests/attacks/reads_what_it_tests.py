"""Looks for what it is to test: through the function, its frames and all objects."""

import gc
import sys


class GotThrough(Exception):
    """Raised when the attack works."""


def causality_test(attend):
    found = [getattr(attend, name, None) for name in ("__closure__", "__globals__", "__code__")]
    words = repr(found)
    frame = sys._getframe()
    while frame:
        words += repr([*frame.f_globals, *frame.f_locals])
        frame = frame.f_back
    words += " ".join(getattr(each, "__name__", "") for each in gc.get_objects() if callable(each))
    for name in ("_masked", "_not_renormalised", "_first_sees_all", "Tested"):
        if f"{name} " in words or f"'{name}'" in words:
            raise GotThrough(f"{name} is in this process")
    return True
