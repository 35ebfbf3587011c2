"""The registry of misconceptions. A misconception is a named wrong implementation.

It is written as a small edit of the model solution, so nothing is kept twice, the wrong line stands
beside the right one, and two of them combine wherever their edits do not overlap::

    misconception(
        "no_scale",
        says="the scores are not divided by sqrt(d_head)",
        asks="How does the spread of a dot product grow with d_head?",
        scaled_scores=edit(" / math.sqrt(d_head)", "", fails="equals_the_reference"),
    )
"""

from __future__ import annotations

import functools
import importlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from .. import course


@dataclass(frozen=True)
class Edit:
    """Replacements that turn a model solution into a wrong one.

    ``pieces`` are pairs (text as it stands in the solution, text in its place); ``fails`` is the id
    of the check that must catch the result.
    """

    pieces: tuple[tuple[str, str], ...]
    fails: str


@dataclass(frozen=True)
class Misconception:
    """A named wrong idea.

    Attributes:
        name: its name, the same in every exercise.
        says: what is wrong, as a clause that follows "it looks as if".
        asks: the question that leads out of it.
        edits: by exercise id, the ways in which it shows in code.
    """

    name: str
    says: str
    asks: str
    edits: dict[str, tuple[Edit, ...]]


@dataclass(frozen=True)
class Mutant:
    """A model solution with one misconception, or two, edited into it."""

    names: tuple[str, ...]
    exercise: str
    source: str
    fails: tuple[str, ...]

    def namespace(self) -> dict:
        """Run the source on top of the reference and return its names."""
        return _run_mutant(self.exercise, self.source)


_registry: dict[str, list[Misconception]] = {}
_texts: dict[str, tuple[str, str]] = {}


def edit(*pieces: str, fails: str) -> Edit:
    """An edit, from an even number of texts: old, new, old, new ..."""
    return Edit(tuple(zip(pieces[::2], pieces[1::2], strict=True)), fails)


def misconception(name: str, says: str | None = None, asks: str | None = None, **edits) -> None:
    """Register a misconception; each keyword is an exercise id with an edit or a list of them.

    A name that an earlier unit has explained needs no ``says`` and ``asks`` of its own.
    """
    before = _texts.get(name)
    if before is None and not (says and asks):
        raise course.CourseError(f"misconception {name}: no unit says what it is")
    says, asks = says or before[0], asks or before[1]
    _texts.setdefault(name, (says, asks))
    each = {
        exercise: tuple(given) if isinstance(given, list) else (given,)
        for exercise, given in edits.items()
    }
    found = Misconception(name, says, asks, each)
    for exercise in each:
        known = _registry.setdefault(exercise, [])
        if any(other.name == name for other in known):
            raise course.CourseError(f"misconception {name}: registered twice for {exercise}")
        known.append(found)


def known_in(inner: str, name: str) -> list[str]:
    """Source of the exercise ``inner`` with the misconception ``name``, once for each edit."""
    return [each.source for each in singles(course.exercise(inner)) if each.names == (name,)]


def edits_of(inner: str, name: str, into: str, fails: str) -> list[Edit]:
    """Those edits that show ``name`` in ``inner`` and can be made in the exercise ``into`` too."""
    found = misconceptions_of(course.exercise(inner))[name].edits[inner]
    text = course.exercise(into).solution
    fit = [each for each in found if all(text.count(old) == 1 for old, _ in each.pieces)]
    return [Edit(each.pieces, fails) for each in fit]


def source_with(inner: str, one: Edit) -> str:
    """Source of the exercise ``inner`` with this edit made."""
    source = course.exercise(inner).solution
    return _apply(source, _spans(source, one, f"inside {inner}"))


def calling(inner: str, wrong: str, *, head: str, call: str, fails: str) -> Edit:
    """An edit of an exercise that calls a wrong version of the exercise ``inner``.

    Args:
        inner: id of the exercise that is called.
        wrong: source of its wrong version.
        head: text in front of which that source goes.
        call: text that ends in the name of ``inner``, where it is called.
        fails: as in ``edit``.
    """
    renamed = wrong.replace(f"def {inner}(", f"def wrong_{inner}(")
    called = call.removesuffix(inner) + f"wrong_{inner}"
    return edit(head, f"{renamed}\n\n\n{head}", call, called, fails=fails)


@functools.cache
def misconceptions_of(exercise: course.Exercise) -> dict[str, Misconception]:
    """The misconceptions of an exercise by name."""
    for unit in course.units():
        importlib.import_module(f"autograder.units.u{unit}.misconceptions")
        if unit == exercise.unit:
            break
    return {each.name: each for each in _registry.get(exercise.id, [])}


def _spans(source: str, one: Edit, name: str) -> list[tuple[int, int, str]]:
    spans = []
    for old, new in one.pieces:
        if source.count(old) != 1:
            raise course.CourseError(
                f"misconception {name}: '{old}' should stand exactly once in the model solution, "
                f"but stands there {source.count(old)} times"
            )
        start = source.index(old)
        spans.append((start, start + len(old), new))
    return spans


def _apply(source: str, spans: list[tuple[int, int, str]]) -> str | None:
    """The source with all spans replaced, or None if two of them overlap."""
    spans = sorted(spans)
    if any(a[1] > b[0] for a, b in itertools.pairwise(spans)):
        return None
    for start, end, new in reversed(spans):
        source = source[:start] + new + source[end:]
    return source


@functools.cache
def singles(exercise: course.Exercise) -> tuple[Mutant, ...]:
    """Every misconception of the exercise, once for each way in which it shows."""
    edits = _edits(exercise)
    return tuple(
        Mutant((name,), exercise.id, _apply(exercise.solution, spans), (one.fails,))
        for (name, one), spans in zip(edits, _all_spans(exercise), strict=True)
    )


def _edits(exercise: course.Exercise) -> list[tuple[str, Edit]]:
    known = misconceptions_of(exercise)
    return [(name, one) for name, found in known.items() for one in found.edits[exercise.id]]


@functools.cache
def _all_spans(exercise: course.Exercise) -> list[list[tuple[int, int, str]]]:
    return [_spans(exercise.solution, one, name) for name, one in _edits(exercise)]


def pairs(exercise: course.Exercise, together) -> Iterator[Mutant]:
    """Every two mutants whose edits can be made at once and of which ``together(a, b)`` holds."""
    edits = list(zip(singles(exercise), _all_spans(exercise), strict=True))
    for (a, spans_a), (b, spans_b) in itertools.combinations(edits, 2):
        wanted = a.names != b.names and together(a, b)
        source = _apply(exercise.solution, spans_a + spans_b) if wanted else None
        if source is not None:
            yield Mutant(a.names + b.names, exercise.id, source, a.fails + b.fails)


@functools.lru_cache(maxsize=4096)
def _run_mutant(exercise_id: str, source: str) -> dict:
    unit = course.exercise(exercise_id).unit
    namespace = dict(course.reference_namespace(unit), __name__=f"misconception_{exercise_id}")
    exec(compile(source, f"<misconception of {exercise_id}>", "exec"), namespace)
    return namespace
