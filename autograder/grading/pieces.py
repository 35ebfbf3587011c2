"""Pieces of source text, found by their tokens and replaced in place.

How a source is laid out does not matter: spaces, line breaks, comments, quotes and the trailing
commas of a formatter are not compared. A piece is a fragment: it may begin or end anywhere between
two tokens. That is why the tokens are found here by a pattern: ``tokenize`` of the standard library
demands closed brackets and even indentation.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..course import CourseError

_TOKEN = re.compile(
    r"""
    (?P<blank> [ \t\f]+ | \\\r?\n | \#[^\n]* )
  | (?P<line> \r?\n )
  | (?P<string> [rRbBuUfF]{0,2} (?:
        \"{3} (?: \\. | [^\\] )*? \"{3} | '{3} (?: \\. | [^\\] )*? '{3}
      | " (?: \\. | [^"\\\n] )* " | ' (?: \\. | [^'\\\n] )* ' ) )
  | (?P<word> \.?\d (?: [eE][+-] | [\w.] )* | \w+ )
  | (?P<operator> \*\*=? | //=? | >>=? | <<=? | -> | \.\.\. | [-+*/%@&|^=<>!:]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_REST_OF_LINE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)?")
_SINGLE_QUOTED = re.compile(r"""(\w*)'([^'"\\]*)'""")


@dataclass(frozen=True)
class Token:
    """A token and where it stands.

    Attributes:
        text: what is compared: strings stand in double quotes.
        start, end: its offsets in the source.
        indent: the blanks in front of the statement it belongs to.
        leads: whether nothing but blanks stands in front of it in its line.
    """

    text: str
    start: int
    end: int
    indent: str
    leads: bool


class Replacement(NamedTuple):
    """A text to be put in place of what stands from ``start`` to ``end``."""

    start: int
    end: int
    text: str


@functools.lru_cache(maxsize=256)
def tokens(source: str) -> tuple[Token, ...]:
    """The tokens of a source or of a fragment, without comments and trailing commas."""
    found = list(_scan(source))
    followed = itertools.zip_longest(found, found[1:])
    return tuple(
        token
        for token, after in followed
        if not (token.text == "," and after is not None and after.text in (")", "]", "}"))
    )


def _scan(source: str) -> Iterator[Token]:
    depth, line_start, indent = 0, 0, ""
    leads, statement_begins = True, True
    for match in _TOKEN.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind == "blank":
            continue
        if kind == "line":
            line_start, leads = match.end(), True
            statement_begins = statement_begins or depth <= 0
            continue
        if statement_begins:
            indent, statement_begins = source[line_start : match.start()], False
        if kind == "string":
            text = _SINGLE_QUOTED.sub(r'\1"\2"', text) if _SINGLE_QUOTED.fullmatch(text) else text
        depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        yield Token(text, match.start(), match.end(), indent, leads)
        leads = False


def count(source: str, piece: str) -> int:
    """How often a piece stands in a source."""
    return len(_places(source, piece))


def _places(source: str, piece: str) -> list[tuple[Token, Token]]:
    """First and last token of each place where the piece stands."""
    there, wanted = tokens(source), [token.text for token in tokens(piece)]
    texts = [token.text for token in there]
    return [
        (there[i], there[i + len(wanted) - 1])
        for i in range(len(there) - len(wanted) + 1)
        if wanted and texts[i : i + len(wanted)] == wanted
    ]


def replacement(source: str, old: str, new: str) -> Replacement:
    """What puts ``new`` in place of ``old``, which stands in the source once.

    The lines of ``new`` are indented as the source is. An ``old`` that begins with the indentation
    of its line shows how deep ``new`` is meant to be; any other ``old`` begins a statement, or
    stands within one, and the further lines of ``new`` are written as if it stood at the margin.

    Raises:
        CourseError: ``old`` does not stand there exactly once.
    """
    places = _places(source, old)
    if len(places) != 1:
        raise CourseError(f"'{old}' should stand exactly once, but stands {len(places)} times")
    first, last = places[0]
    start, end = first.start, last.end
    written = old[: len(old) - len(old.lstrip(" "))]
    if not (written and first.leads):
        return Replacement(start, end, _indented(new.strip(), first.indent, 0).lstrip(" "))
    start = source.rindex("\n", 0, start) + 1 if "\n" in source[:start] else 0
    if old.endswith("\n"):
        end = _REST_OF_LINE.match(source, end).end()
    return Replacement(start, end, _indented(new, source[start : first.start], len(written)))


def _indented(text: str, indent: str, written: int) -> str:
    """Lines written with an indentation of ``written`` blanks, indented by ``indent``."""

    def moved(line: str) -> str:
        blanks = len(line) - len(line.lstrip(" "))
        return " " * max(len(indent) + blanks - written, 0) + line[blanks:]

    return "".join(moved(line) if line.strip() else line for line in text.splitlines(keepends=True))


def replaced(source: str, replacements: list[Replacement]) -> str | None:
    """The source with everything replaced, or None if two replacements overlap."""
    ordered = sorted(replacements)
    if any(a.end > b.start for a, b in itertools.pairwise(ordered)):
        return None
    for each in reversed(ordered):
        source = source[: each.start] + each.text + source[each.end :]
    return source


def swap(text: str, old: str, new: str) -> str:
    """``text`` with ``new`` in place of ``old``.

    Raises:
        CourseError: ``old`` does not stand in the text exactly once.
    """
    made = replacement(text, old, new)
    return text[: made.start] + made.text + text[made.end :]


def renamed(source: str, old: str, new: str) -> str:
    """The source with another name in place of the name ``old``, wherever that stands."""
    for token in reversed([token for token in tokens(source) if token.text == old]):
        source = source[: token.start] + new + source[token.end :]
    return source
