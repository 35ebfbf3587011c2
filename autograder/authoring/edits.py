"""The misconceptions seen by an author: which edits are stale, and what each does to a solution."""

from __future__ import annotations

import builtins
import difflib
import functools
import symtable
from collections.abc import Collection, Iterator

from .. import course
from ..course import CourseError, Exercise
from ..grading import misconceptions
from ..grading.misconceptions import Edit, Mutant


def stale(names: Collection[str] | None = None) -> list[str]:
    """What is wrong with the misconceptions, a line each; only those of the named units.

    Every edit has to fit the model solution and to make a source that compiles and defines all the
    names it uses. Nothing is run: whether a check catches it is for the tests.
    """
    found = [
        f"a misconception is registered for '{each}', which is no exercise"
        for each in misconceptions.unknown_exercises()
    ]
    for exercise in course.exercises().values():
        if names is None or exercise.unit in names:
            for name, one in misconceptions.edits(exercise):
                found += _problems(exercise, name, one)
    return found


def _problems(exercise: Exercise, name: str, one: Edit) -> Iterator[str]:
    try:
        mutant = misconceptions.mutant_of(exercise, name, one)
    except CourseError as problem:
        yield str(problem)
        return
    if mutant.source == exercise.solution:
        yield f"misconception {name}: it leaves the model solution of {exercise.id} as it is"
    try:
        unknown = _unknown_names(mutant)
    except SyntaxError as problem:
        yield f"misconception {name}: what it makes of {exercise.id} does not compile: {problem}"
        return
    if unknown:
        yield (
            f"misconception {name}: what it makes of {exercise.id} uses {', '.join(unknown)}, "
            "which nothing defines"
        )


def _unknown_names(mutant: Mutant) -> list[str]:
    """Names that a mutant takes for global and that neither it nor the unit defines."""
    table = symtable.symtable(mutant.source, f"<misconception of {mutant.exercise}>", "exec")
    known = _names_of_unit(course.exercise(mutant.exercise).unit) | _assigned(table)
    return sorted(_global_names(table) - known)


def _global_names(table: symtable.SymbolTable) -> set[str]:
    inside = table.get_type() != "module"
    own = {
        each.get_name()
        for each in table.get_symbols()
        if each.is_referenced() and (each.is_global() or not inside)
    }
    return own.union(*(_global_names(child) for child in table.get_children()))


def _assigned(table: symtable.SymbolTable) -> set[str]:
    return {
        each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()
    } | {each.get_name() for each in table.get_children()}


@functools.cache
def _names_of_unit(unit: str) -> set[str]:
    """Names that a solution of the unit may use: built-in, of the setup and of earlier work."""
    source = course.reference_source(each.id for each in course.unit(unit).exercises)
    table = symtable.symtable(source, f"<reference of {unit}>", "exec")
    return set(dir(builtins)) | {"__name__"} | _assigned(table)


def described(exercise: Exercise, name: str | None = None) -> str:
    """Each misconception of an exercise, or the one of that name, with its diffs.

    Raises:
        CourseError: the exercise has no misconception of that name.
    """
    known = misconceptions.misconceptions_of(exercise)
    if name is not None and name not in known:
        raise CourseError(
            f"{exercise.id} has no misconception '{name}'; it has: {', '.join(known)}"
        )
    parts = []
    for each in known.values() if name is None else [known[name]]:
        parts.append(f"{each.name}: {each.says}\n  {each.asks}")
        parts += [_diff(exercise, each.name, one) for one in each.edits[exercise.id]]
    return "\n\n".join(parts)


def _diff(exercise: Exercise, name: str, one: Edit) -> str:
    try:
        wrong = misconceptions.mutant_of(exercise, name, one).source
    except CourseError as problem:
        return f"stale: {problem}"
    lines = difflib.unified_diff(
        exercise.solution.splitlines(),
        wrong.rstrip("\n").splitlines(),
        exercise.id,
        f"{exercise.id} with {name}, which fails {one.fails}",
        lineterm="",
    )
    return "\n".join(lines)
