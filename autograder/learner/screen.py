"""Where what a learner is shown appears: in a notebook, or on a terminal."""

from __future__ import annotations

import sys
from typing import Any


def shell() -> Any:
    """IPython's shell, or None outside of it."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def in_notebook() -> bool:
    """Whether what is shown can be HTML, and be replaced; a terminal's IPython prints it anew."""
    return hasattr(shell(), "kernel")
