"""Verdicts as text and as HTML. Everything a learner controls is escaped."""

from __future__ import annotations

import html
import math
import re

from .expect import Counterexample
from .verdict import CheckVerdict, ExerciseVerdict, SubmissionVerdict

MOST = 8
_SAME = "The same cause as above."
_FLAGGED = "A person should look at this; it costs no points."
_STATUS = {
    "passed": "passed",
    "failed": "not yet",
    "not_started": "not started",
    "forbidden": "forbidden call",
    "syntax_error": "syntax error",
    "error": "stopped with an exception",
    "crashed": "crashed",
    "timeout": "out of time",
    "memory": "out of memory",
    "missing": "missing",
    "manual": "graded by a person",
}


def number(value: float) -> str:
    """Points without needless decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _printable(text: str) -> str:
    """Text without control characters, which could steer a terminal."""
    return "".join(
        each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in text
    )


def _entry(value) -> str:
    if isinstance(value, bool):
        return "T" if value else "·"
    if isinstance(value, int):
        return str(value)
    if math.isnan(value) or math.isinf(value):
        return str(value)
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return f"{value:.2g}"
    return f"{value:.3f}"


class _Window:
    """The part of a counterexample that fits on a screen: two axes, around the first difference."""

    def __init__(self, example: Counterexample):
        tensors = [example.expected, example.got]
        axes, index = list(example.axes), list(example.index)
        while len(axes) < 2:
            tensors = [each.unsqueeze(0) for each in tensors]
            axes, index = ["", *axes], [0, *index]
        self.axes = axes[-2:]
        self.first = [
            min(max(i - MOST // 2, 0), max(size - MOST, 0))
            for i, size in zip(index[-2:], tensors[0].shape[-2:], strict=True)
        ]
        rows, columns = (slice(each, each + MOST) for each in self.first)
        planes = [each[tuple(index[:-2])][rows, columns] for each in tensors]
        self.expected, self.got = ([[_entry(x) for x in row] for row in p.tolist()] for p in planes)
        self.row, self.column = (i - f for i, f in zip(index[-2:], self.first, strict=True))
        self.place = ", ".join(f"{name} {i}" for name, i in zip(axes, index, strict=True) if name)
        self.want = self.expected[self.row][self.column]
        self.have = self.got[self.row][self.column]

    def is_first(self, i: int, j: int) -> bool:
        return (i, j) == (self.row, self.column)

    def row_name(self, i: int) -> str:
        return f"{self.axes[0]} {i + self.first[0]}" if self.axes[0] else ""


def exercise_text(verdict: ExerciseVerdict) -> str:
    """A verdict for a terminal."""
    head = f"{verdict.id}: {number(verdict.points)} of {number(verdict.max_points)} points"
    lines = [f"{head} ({_STATUS[verdict.status]})"]
    if verdict.replaced:
        lines.append(f"  Graded with the course's {_listed(verdict.replaced)} in place of yours.")
    lines += [f"  {_FLAGGED} {each}" for each in verdict.flags]
    if verdict.status in ("not_started", "missing", "timeout", "crashed", "syntax_error"):
        broken = next(each for each in verdict.checks if not each.passed)
        return _printable("\n".join([*lines, *_details(broken, "  ")]))
    told: set[str] = set()
    for check in verdict.checks:
        lines.append(f"  {'✓' if check.passed else '✗'} {check.says}")
        if _cause(check) in told:
            lines.append(f"      {_SAME}")
        elif not check.passed:
            lines += _details(check, "      ")
        told |= {_cause(check)} - {""}
    return _printable("\n".join(lines))


def _cause(check: CheckVerdict) -> str:
    """What a failure is put down to, to tell it once; empty where that is unknown.

    The same sentence without a counterexample (a wrong shape, an exception) is the same cause,
    whatever sizes were drawn.
    """
    told_in_words = not check.passed and check.counterexample is None
    without_sizes = re.sub(r"\d+", "", check.message) + check.where
    return check.diagnosis or (without_sizes if told_in_words else "")


def _listed(names) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _details(check: CheckVerdict, indent: str) -> list[str]:
    lines = [check.message]
    if check.where:
        lines.append(f"in {check.where}")
    if check.counterexample:
        lines += _side_by_side(_Window(check.counterexample))
    lines += [line for line in (check.diagnosis, check.asks) if line]
    return [indent + line for line in lines]


def _side_by_side(window: _Window) -> list[str]:
    lines = [f"At {window.place}: expected {window.want}, got {window.have}."]
    cells = [cell for plane in (window.expected, window.got) for row in plane for cell in row]
    width = max(map(len, cells)) + 2
    names = [window.row_name(i) for i in range(len(window.expected))]
    margin = max(map(len, names))
    block = len(window.expected[0]) * width
    lines.append(f"{'':{margin}}  {'expected':<{block}}   got")
    for i, (want, got) in enumerate(zip(window.expected, window.got, strict=True)):
        left = "".join(f"{each:>{width}}" for each in want)
        marked = [
            f"[{each}]" if window.is_first(i, j) else f"{each} " for j, each in enumerate(got)
        ]
        right = "".join(f"{each:>{width + 1}}" for each in marked)
        lines.append(f"{names[i]:{margin}}{left}   {right}")
    return lines


def submission_text(verdict: SubmissionVerdict) -> str:
    """A whole submission for a terminal."""
    parts = [exercise_text(each) for each in verdict.exercises]
    parts += [f"Note: {each}." for each in verdict.notices]
    total = f"{number(verdict.points)} of {number(verdict.max_points)} points"
    parts.append(f"{total} (seed {verdict.seed}, checks {verdict.checks_version})")
    return _printable("\n\n".join(parts))


_BOX = "border-left:4px solid {};padding:.4em .8em;margin:.4em 0;font-family:sans-serif"
_MONO = "font-family:monospace;white-space:pre-wrap"
_CELL = "text-align:right;padding:0 .5em;"
_GOOD, _BAD = "#0072b2", "#d55e00"


def exercise_html(verdict: ExerciseVerdict) -> str:
    """A verdict for a notebook or for feedback."""
    color = _GOOD if verdict.status == "passed" else _BAD
    head = (
        f"<b>{escape(verdict.id)}</b>: {number(verdict.points)} of {number(verdict.max_points)} "
        f"points ({_STATUS[verdict.status]})"
    )
    parts = [head]
    if verdict.replaced:
        names = escape(_listed(verdict.replaced))
        parts.append(f"<div>Graded with the course's {names} in place of yours.</div>")
    parts += [f"<div>{_FLAGGED} {escape(each)}</div>" for each in verdict.flags]
    alike = verdict.status in ("not_started", "missing", "timeout", "crashed", "syntax_error")
    checks = [next(c for c in verdict.checks if not c.passed)] if alike else verdict.checks
    told: set[str] = set()
    for each in checks:
        parts.append(_check_html(each, not alike, _cause(each) in told))
        told |= {_cause(each)} - {""}
    return f'<div style="{_BOX.format(color)}">{"".join(parts)}</div>'


def notices_html(notices) -> str:
    """What was odd about a submission, as HTML."""
    return "".join(f"<div>Note: {escape(each)}.</div>" for each in notices)


def escape(text: str) -> str:
    """Text of any origin as harmless HTML."""
    return html.escape(_printable(text))


def rich(text: str) -> str:
    """Our own prose as HTML: `code` in backticks becomes code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _check_html(check: CheckVerdict, heading: bool, told: bool) -> str:
    mark, color = ("✓", _GOOD) if check.passed else ("✗", _BAD)
    parts = []
    if heading:
        points = f"{number(check.points)}/{number(check.max_points)}"
        parts.append(
            f'<div><span style="color:{color}">{mark}</span> {escape(check.says)} '
            f'<span style="opacity:.6">{points}</span></div>'
        )
    if told:
        parts.append(f'<div style="margin:0 0 .6em 1.4em">{_SAME}</div>')
    elif not check.passed:
        inner = [f"<div>{escape(check.message)}</div>"]
        if check.where:
            inner.append(f'<div style="{_MONO}">{escape(check.where)}</div>')
        if check.counterexample:
            inner.append(_example_html(_Window(check.counterexample)))
        if check.diagnosis:
            inner.append(f"<div><b>{rich(check.diagnosis)}</b></div>")
        if check.asks:
            inner.append(f"<div><i>{rich(check.asks)}</i></div>")
        parts.append(f'<div style="margin:0 0 .6em 1.4em">{"".join(inner)}</div>')
    return "".join(parts)


def _example_html(window: _Window) -> str:
    place = f"At {window.place}: expected {window.want}, got {window.have}."
    tables = "".join(
        f'<div style="display:inline-block;margin-right:2em;vertical-align:top">'
        f"{_plane_html(title, plane, window)}</div>"
        for title, plane in (("expected", window.expected), ("got", window.got))
    )
    return f"<div>{escape(place)}</div><div>{tables}</div>"


def _plane_html(title, plane, window) -> str:
    rows = []
    for i, row in enumerate(plane):
        cells = "".join(
            f'<td style="{_CELL}{_mark(window.is_first(i, j))}">{escape(each)}</td>'
            for j, each in enumerate(row)
        )
        rows.append(
            f"<tr><th style='font-weight:normal'>{escape(window.row_name(i))}</th>{cells}</tr>"
        )
    columns = f"{escape(window.axes[1])} →" if window.axes[1] else ""
    return (
        f'<table style="font-family:monospace"><caption style="text-align:left">{title} '
        f'<span style="opacity:.6">{columns}</span></caption>{"".join(rows)}</table>'
    )


def _mark(is_first: bool) -> str:
    return f"outline:2px solid {_BAD};font-weight:bold" if is_first else ""
