"""The registry of misconceptions. A misconception is a named wrong implementation.

It is written as a small edit of the model solution, or as a wrapper around what that defines, so
that nothing is kept twice, and two of them combine wherever their edits do not overlap::

    misconception(
        "no_scale",
        says="the scores are not divided by sqrt(d_head)",
        asks="How does the spread of a dot product grow with d_head?",
        scaled_scores=edit("/ math.sqrt(d_head)", "", fails="equals_the_reference"),
    )

An edit says which tokens of the solution give way to what; their layout does not matter (see
``pieces``). An edit whose tokens are gone from the solution is stale: ``build --check`` names it,
and a diagnosis does without it. What a misconception does to a solution is shown by ``python -m
autograder misconceptions EXERCISE``.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import CodeType

from .. import course
from . import compiled, pieces
from .pieces import Replacement

_log = logging.getLogger("autograder")
_log.addHandler(logging.NullHandler())  # or Python would print warnings into a learner's notebook


@dataclass(frozen=True)
class Edit:
    """What turns a model solution into a wrong one.

    Attributes:
        pieces: pairs (what stands in the solution, what stands in its place).
        fails: id of the check that must catch the result.
        inner: an exercise that the solution calls, by id, with an edit of that one: its wrong
            source goes in front, under the name ``wrong_ID``.
        behind: source that goes behind the solution; ``{target}`` in it is what the exercise
            defines: the function, or ``method`` of the class.
        method: of a class, the method that ``behind`` is about.
    """

    pieces: tuple[tuple[str, str], ...]
    fails: str
    inner: tuple[str, Edit] | None = None
    behind: str = ""
    method: str = "forward"


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
    """A model solution with one misconception, or two, edited into it.

    In a kit there is ``code`` in place of a ``source``.
    """

    names: tuple[str, ...]
    exercise: str
    source: str
    fails: tuple[str, ...]
    code: CodeType | None = None

    def namespace(self) -> dict:
        """Run the source on top of the reference and return its names.

        A source that does not run leaves the names without the exercise's: it explains no answer.
        """
        return _run_mutant(self.exercise, self.code or self.source)


@dataclass(frozen=True)
class _Fitted:
    """An edit with its places in the solution, and the sources that go in front and behind."""

    name: str
    fails: str
    replacements: tuple[Replacement, ...]
    front: str
    behind: str


_registry: dict[str, list[Misconception]] = {}
_texts: dict[str, tuple[str, str]] = {}


def edit(*texts: str, fails: str) -> Edit:
    """An edit, from an even number of texts: old, new, old, new ..."""
    return Edit(tuple(zip(texts[::2], texts[1::2], strict=True)), fails)


def misconception(
    name: str, says: str | None = None, asks: str | None = None, **edits: Edit | list[Edit]
) -> None:
    """Register a misconception; each keyword is an exercise id with an edit or a list of them.

    A name that an earlier unit has explained needs no ``says`` and ``asks`` of its own.
    """
    before = _texts.get(name, ("", ""))
    says, asks = says or before[0], asks or before[1]
    if not (says and asks):
        raise course.CourseError(f"misconception {name}: no unit says what it is")
    _texts.setdefault(name, (says, asks))
    by_exercise = {
        exercise: tuple(given) if isinstance(given, list) else (given,)
        for exercise, given in edits.items()
    }
    registered = Misconception(name, says, asks, by_exercise)
    for exercise in by_exercise:
        known = _registry.setdefault(exercise, [])
        if any(other.name == name for other in known):
            raise course.CourseError(f"misconception {name}: registered twice for {exercise}")
        known.append(registered)


def import_in_order(package: str, *names: str) -> None:
    """Import the modules of a package that register misconceptions.

    Their order is that of the names in a verdict, and the first to register a name explains it.
    """
    for name in names:
        importlib.import_module(f"{package}.{name}")


def known_in(inner: str, name: str) -> tuple[Edit, ...]:
    """The edits that show ``name`` in ``inner``, whose misconceptions are registered before."""
    return misconceptions_of(course.exercise(inner))[name].edits[inner]


def edits_of(inner: str, name: str, fails: str, without: Iterable[int] = ()) -> list[Edit]:
    """The edits that show ``name`` in ``inner``, for an exercise that has the same lines.

    Args:
        inner: id of an exercise of an earlier unit.
        name: of a misconception.
        fails: as in ``edit``.
        without: which of the edits, counted from 0, cannot be made in the other exercise.
    """
    known = known_in(inner, name)
    unfit = set(without)
    if not unfit <= set(range(len(known))):
        raise course.CourseError(f"misconception {name}: {inner} has only {len(known)} edits")
    return [replace(one, fails=fails) for i, one in enumerate(known) if i not in unfit]


def calling(inner: str, wrong: Edit, fails: str) -> Edit:
    """An edit of an exercise that calls a wrong version of the exercise ``inner``.

    Args:
        inner: id of the exercise that is called.
        wrong: what makes it wrong.
        fails: as in ``edit``.
    """
    return replace(edit(inner, f"wrong_{inner}", fails=fails), inner=(inner, wrong))


@functools.cache
def misconceptions_of(exercise: course.Exercise) -> dict[str, Misconception]:
    """The misconceptions of an exercise by name."""
    if kept := compiled.of(exercise.id, exercise.unit):
        return {name: Misconception(name, says, asks, {}) for name, says, asks in kept.texts}
    for unit in course.units():
        importlib.import_module(f"autograder.units.u{unit}.misconceptions")
        if unit == exercise.unit:
            break
    return {each.name: each for each in _registry.get(exercise.id, [])}


def edits(exercise: course.Exercise) -> list[tuple[str, Edit]]:
    """The edits of an exercise, each with the name of its misconception, in order."""
    known = misconceptions_of(exercise)
    return [(name, one) for name, found in known.items() for one in found.edits[exercise.id]]


def unknown_exercises() -> list[str]:
    """Ids that misconceptions speak of, and no exercise has."""
    for exercise in course.exercises().values():
        misconceptions_of(exercise)
    return [each for each in _registry if each not in course.exercises()]


def mutant_of(exercise: course.Exercise, name: str, one: Edit) -> Mutant:
    """The solution with this edit made.

    Raises:
        CourseError: the edit is stale; the message names it and the text that is gone.
    """
    return _mutant(exercise, [_fitted(exercise, name, one)])


@functools.cache
def singles(exercise: course.Exercise) -> tuple[Mutant, ...]:
    """Every misconception of the exercise, once for each way in which it shows."""
    if kept := compiled.of(exercise.id, exercise.unit):
        return tuple(
            Mutant((name,), exercise.id, "", (fails,), code)
            for name, code, fails in zip(kept.names, kept.code, kept.fails, strict=True)
        )
    return tuple(_mutant(exercise, [fitted]) for fitted in _all_fitted(exercise))


def pairs(
    exercise: course.Exercise, together: Callable[[Mutant, Mutant], bool]
) -> Iterator[Mutant]:
    """Every two mutants whose edits can be made at once and of which ``together(a, b)`` holds."""
    for (i, a), (j, b) in itertools.combinations(enumerate(singles(exercise)), 2):
        if a.names != b.names and together(a, b) and (both := pair(exercise, i, j)):
            yield both


def pair(exercise: course.Exercise, i: int, j: int) -> Mutant | None:
    """Two of the ``singles`` at once, by their numbers; ``None`` where their edits overlap."""
    if kept := compiled.of(exercise.id, exercise.unit):
        a, b = singles(exercise)[i], singles(exercise)[j]
        code = kept.pairs.get((i, j))
        return code and Mutant(a.names + b.names, exercise.id, "", a.fails + b.fails, code)
    fitted = _all_fitted(exercise)
    with contextlib.suppress(_Overlap):
        return _mutant(exercise, [fitted[i], fitted[j]])
    return None


@functools.cache
def _all_fitted(exercise: course.Exercise) -> tuple[_Fitted, ...]:
    """The edits of an exercise that fit; one that is stale must not cost a learner the verdict."""
    fitting = []
    for name, one in edits(exercise):
        try:
            fitting.append(_fitted(exercise, name, one))
        except course.CourseError as problem:
            _log.warning("%s; it is left out", problem)
    return tuple(fitting)


def _fitted(exercise: course.Exercise, name: str, one: Edit) -> _Fitted:
    where = f"the model solution of {exercise.id}"
    try:
        replacements = [
            pieces.replacement(exercise.solution, old, new, where) for old, new in one.pieces
        ]
    except course.CourseError as problem:
        raise course.CourseError(f"misconception {name}: {problem}") from None
    if pieces.replaced(exercise.solution, replacements) is None:
        raise course.CourseError(f"misconception {name}: its pieces overlap in {where}")
    front = ""
    if one.inner is not None:
        inner, wrong = one.inner
        source = mutant_of(course.exercise(inner), name, wrong).source
        front = pieces.renamed(source, inner, f"wrong_{inner}") + "\n\n\n"
    behind = one.behind and "\n\n\n" + one.behind.replace("{target}", _target(exercise, one.method))
    return _Fitted(name, one.fails, tuple(replacements), front, behind)


def _target(exercise: course.Exercise, method: str) -> str:
    is_class = exercise.solution.startswith("class ")
    return f"{exercise.id}.{method}" if is_class else exercise.id


class _Overlap(Exception):
    """Two edits cannot be made at once."""


def _mutant(exercise: course.Exercise, fitted: list[_Fitted]) -> Mutant:
    """The solution with these edits made.

    Raises:
        _Overlap: if two of them overlap.
    """
    replacements = [one for each in fitted for one in each.replacements]
    source = pieces.replaced(exercise.solution, replacements)
    if source is None:
        raise _Overlap
    front = "".join(each.front for each in fitted)
    behind = "".join(each.behind for each in fitted)
    names, fails = tuple(each.name for each in fitted), tuple(each.fails for each in fitted)
    return Mutant(names, exercise.id, front + source + behind, fails)


@functools.lru_cache(maxsize=4096)
def _run_mutant(exercise_id: str, source: str | CodeType) -> dict:
    unit = course.exercise(exercise_id).unit
    namespace = dict(course.reference_namespace(unit), __name__=f"misconception_{exercise_id}")
    try:
        if isinstance(source, str):
            source = compile(source, f"<misconception of {exercise_id}>", "exec", dont_inherit=True)
        exec(source, namespace)
    except Exception as problem:
        _log.warning("a misconception of %s does not run: %s", exercise_id, problem)
        namespace.pop(exercise_id, None)
    return namespace
