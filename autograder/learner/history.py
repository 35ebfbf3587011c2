"""Whether what a notebook has defined is what the learner ran last."""

from __future__ import annotations

import inspect
import linecache
import re
from typing import Any

from ..sandbox.inside import cells


def outdated(name: str, shell: Any) -> str:
    """A sentence if the last cell that was to define a name did not get so far; else empty.

    Args:
        name: of a function or class.
        shell: IPython's.
    """
    is_definition = re.compile(
        rf"^((async\s+)?def|class)\s+{name}\b|^{name}\s*(:[^=\n]+)?=(?!=)", re.MULTILINE
    )
    ran = shell.history_manager.input_hist_parsed
    tried = [code.strip() for code in ran if is_definition.search(code)]
    if not tried:
        return ""
    invalid = cells.syntax_error(tried[-1])
    why = f"is not valid Python ({invalid})" if invalid else "stopped before that"
    cell = f"The last cell that you ran to define {name} {why}"
    if name not in shell.user_ns:
        return f"{cell}." if invalid else ""
    graded = _cell_of(shell.user_ns[name])
    if graded == tried[-1] or not is_definition.search(graded):
        return ""
    return f"{cell}: what is graded here is what an earlier one defined."


def _cell_of(value: Any) -> str:
    """The text of the cell that defined a function or class, empty if that cannot be told."""
    parts = vars(value).values() if isinstance(value, type) else [value]
    for part in parts:
        code = getattr(inspect.unwrap(part), "__code__", None) if callable(part) else None
        if code and (lines := linecache.getlines(code.co_filename)):
            return "".join(lines).strip()
    return ""
