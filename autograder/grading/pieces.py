"""Pieces of source text, found by their tokens and replaced in place.

How a source is laid out does not matter: spaces, line breaks, comments, quotes and what a formatter
adds to a long line, trailing commas and brackets around the whole expression, are not compared. A
piece is a fragment: it may begin or end anywhere between two tokens. That is why the tokens are
found here by a pattern: ``tokenize`` of the standard library demands closed brackets and even
indentation.
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
_BEFORE_EXPRESSION = {"=", "return", "if", "elif", "while", "in", "assert"}
_SINGLE_QUOTED = re.compile(r"""(\w*)'([^'"\\]*)'""")


@dataclass(frozen=True)
class Token:
    """A token and where it stands.

    Attributes:
        text: what is compared: strings stand in double quotes.
        start, end: its offsets in the source.
        indent: the blanks in front of the statement it belongs to.
        begins: whether it is the first of that statement.
        leads: whether nothing but blanks stands in front of it in its line.
    """

    text: str
    start: int
    end: int
    indent: str
    begins: bool
    leads: bool


class Span(NamedTuple):
    """Offsets in a source: from ``start`` to before ``end``."""

    start: int
    end: int


class Replacement(NamedTuple):
    """A text to be put in place of what stands from ``start`` to ``end``."""

    start: int
    end: int
    text: str


@functools.lru_cache(maxsize=256)
def _tokens(source: str) -> tuple[list[Token], list[Span]]:
    """The tokens of a source or of a fragment that are compared, and the brackets that are not."""
    there = list(_scan(source))
    brackets = [pair for pair in _pairs(there) if _is_redundant(there, *pair)]
    left_out = {i for pair in brackets for i in pair}
    left_out |= {
        i
        for i, (token, after) in enumerate(itertools.pairwise(there))
        if token.text == "," and after.text in (")", "]", "}")
    }
    compared = [token for i, token in enumerate(there) if i not in left_out]
    return compared, [Span(there[i].start, there[j].end) for i, j in brackets]


def _pairs(there: list[Token]) -> Iterator[tuple[int, int]]:
    """Indices of brackets that belong together, inner ones first."""
    opened = []
    for i, token in enumerate(there):
        if token.text in ("(", "[", "{"):
            opened.append(i)
        elif token.text in (")", "]", "}") and opened:
            yield opened.pop(), i


def _is_redundant(there: list[Token], i: int, j: int) -> bool:
    """Whether these are round brackets around a whole expression that is no tuple."""
    if there[i].text != "(" or i == 0 or there[i - 1].text not in _BEFORE_EXPRESSION:
        return False
    ends = j + 1 == len(there) or there[j + 1].begins or there[j + 1].text == ":"
    inside = list(_pairs(there[i + 1 : j]))
    nested = {k for a, b in inside for k in range(a, b)}
    commas = [k for k, token in enumerate(there[i + 1 : j]) if token.text == ","]
    return ends and i + 1 < j and all(k in nested for k in commas)


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
        begins, statement_begins = statement_begins, False
        if begins:
            indent = source[line_start : match.start()]
        if kind == "string":
            text = _SINGLE_QUOTED.sub(r'\1"\2"', text) if _SINGLE_QUOTED.fullmatch(text) else text
        depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        yield Token(text, match.start(), match.end(), indent, begins, leads)
        leads = False


def count(source: str, piece: str) -> int:
    """How often a piece stands in a source."""
    return len(_places(source, piece))


def _places(source: str, piece: str) -> list[tuple[Token, Span]]:
    """Each place where the piece stands: its first token, and all of it."""
    (there, brackets), (wanted, _) = _tokens(source), _tokens(piece)
    texts, sought = [token.text for token in there], [token.text for token in wanted]
    found = []
    for i in range(len(there) - len(sought) + 1):
        if sought and texts[i : i + len(sought)] == sought:
            end = there[i + len(sought)].start if i + len(sought) < len(there) else len(source)
            place = _closed(Span(there[i].start, there[i + len(sought) - 1].end), end, brackets)
            if place is not None:
                found.append((there[i], place))
    return found


def _closed(place: Span, end: int, brackets: list[Span]) -> Span | None:
    """The place with the closing brackets that follow it up to ``end``, if they open in it.

    None if it would tear a pair of brackets apart.
    """
    for bracket in brackets:
        opens = place.start <= bracket.start < place.end
        closes = place.start < bracket.end <= place.end
        if opens and not closes and bracket.end <= end:
            place = Span(place.start, bracket.end)
        elif opens != closes:
            return None
    return place


def replacement(source: str, old: str, new: str, where: str = "the text") -> Replacement:
    """What puts ``new`` in place of ``old``, which stands in the source once.

    The lines of ``new`` are indented as the source is. An ``old`` that begins with the indentation
    of its line shows how deep ``new`` is meant to be; any other ``old`` begins a statement, or
    stands within one, and the further lines of ``new`` are written as if it stood at the margin.

    Raises:
        CourseError: ``old`` does not stand exactly once in the source, which is called ``where``.
    """
    places = _places(source, old)
    if len(places) != 1:
        raise CourseError(
            f"'{' '.join(old.split())}' should stand exactly once in {where}, "
            f"but stands there {len(places)} times"
        )
    first, (start, end) = places[0]
    written = old[: len(old) - len(old.lstrip(" "))]
    if not (written and first.leads):
        return Replacement(start, end, _indented(new.strip(), first.indent, 0).lstrip(" "))
    start = source.rindex("\n", 0, start) + 1 if "\n" in source[:start] else 0
    if old.endswith("\n"):
        rest = _REST_OF_LINE.match(source, end)
        end = rest.end() if rest else end
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
    for token in reversed([token for token in _tokens(source)[0] if token.text == old]):
        source = source[: token.start] + new + source[token.end :]
    return source
