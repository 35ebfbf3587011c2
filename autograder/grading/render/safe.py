"""Text of any origin, made harmless for where it is put.

Names of learners and of their files, and what they wrote, come from people who may mean harm. All
reports pass them through here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import markupsafe
from markupsafe import Markup

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_FORMULA = tuple("=+-@＝＋－＠")
MOST_OF_A_NAME = 100


def printable(text: str) -> str:
    """Text without control characters, which could steer a terminal or turn a line around.

    Nor are there halves of surrogate pairs in it, so that it can be written as UTF-8.
    """
    if text.replace("\n", "").isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else _REPLACED for each in text)


def one_line(text: str) -> str:
    """``printable`` text that cannot pass for several lines; XML takes it as it is."""
    return printable(text).replace("\n", " ")


def name(text: str) -> str:
    """A name as a part of a sentence: one line, and not too long."""
    return one_line(text if len(text) <= MOST_OF_A_NAME else text[: MOST_OF_A_NAME - 1] + "…")


def html(text: str) -> Markup:
    """Text as HTML that holds no markup."""
    return markupsafe.escape(printable(text))


def cell(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula, whatever it skips before the sign."""
    line = one_line(text)
    return "'" + line if line.lstrip(f" {_REPLACED}").startswith(_FORMULA) else line


def folder_name(text: str, taken: Iterable[str]) -> str:
    """A learner's folder beside files whose names are taken; different learners keep apart."""
    files = "|".join(map(re.escape, taken))
    return text + "_" if re.fullmatch(f"({files})_*", text, re.IGNORECASE) else text
