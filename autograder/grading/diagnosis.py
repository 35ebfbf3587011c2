"""Naming a wrong answer by its values.

A misconception is run on the inputs of the checks that the learner's answer was given. It explains
the answer if it leaves the same record (``expect.observing``) in *every* check: the same wrong
values where the answer is wrong, right ones where it is right. One check alone can be fooled by a
coincidence; all of them together hardly. Where no single misconception explains an answer, two at
once are tried. Where an answer stops with an exception, a misconception explains it that stops with
the same one, on the same inputs. What nothing explains stays unnamed: a wrong name costs a learner
more than none.
"""

from __future__ import annotations

import functools
import math
import time
from dataclasses import dataclass, field

import torch

from .. import course
from . import misconceptions
from .checks import Check
from .expect import Failed, same_values
from .misconceptions import Mutant
from .run import Run, run_check
from .student import LocalStudent, StudentProblem

# What the learner's numbers and shapes raise. Of others, the exception itself tells most.
_OF_SHAPES = ("RuntimeError", "ValueError", "IndexError")
# Two programs with the same mistake may round differently, and a mistake can magnify that.
_ROUNDING = {torch.float16: 1e-2, torch.bfloat16: 8e-2, torch.float32: 5e-5, torch.float64: 1e-9}

# What a search looks at ends by itself before this, but for an answer unlike any seen so far.
MOST_RUNS = 2500


@dataclass(frozen=True)
class Explanation:
    """Names of misconceptions: two at work together, or (``alike``) one of several that the inputs
    cannot tell apart."""

    names: tuple[str, ...] = ()
    alike: bool = False


class OutOfPatience(Exception):
    """A search has reached its bound, and nothing that holds was found by then."""


@dataclass
class Patience:
    """The bound on one search.

    Attributes:
        seconds: that it may take, where a learner waits for it.
        runs: of misconceptions that it may look at, kept ones too: the same on every machine.
    """

    seconds: float = math.inf
    runs: int = MOST_RUNS
    _began: float = field(default_factory=time.monotonic)
    _seen: set[tuple[Mutant, Check]] = field(default_factory=set)

    def spend(self, mutant: Mutant, check: Check) -> None:
        """Before a run is looked at.

        Raises:
            OutOfPatience: it is one too many.
        """
        self._seen.add((mutant, check))
        if len(self._seen) > self.runs or time.monotonic() - self._began > self.seconds:
            raise OutOfPatience


def explain(
    exercise: course.Exercise, runs: dict[Check, Run], seed: int, patience: Patience | None = None
) -> dict[Check, Explanation]:
    """What explains a wrong answer.

    Args:
        exercise: the exercise.
        runs: what came of its checks, all drawn at level ``FULL`` from ``seed``.
        patience: the bound on the search.

    Returns:
        By check, the ``Explanation`` of its failure; a check that nothing explains is missing.

    Raises:
        OutOfPatience: the search came to no end.
    """
    evidence = _Evidence(exercise, runs, seed, patience or Patience())
    found: dict[Check, Explanation] = {}
    if evidence.failed:
        found = evidence.explained_by_one() or evidence.explained_by_two()
    try:
        return evidence.explained_exceptions(found) | found
    except OutOfPatience:
        if found:
            return found
        raise


class _Evidence:
    """What the checks saw of one answer, held against what they see of mutants.

    Attributes:
        failed: the checks that do not hold.
    """

    def __init__(
        self, exercise: course.Exercise, runs: dict[Check, Run], seed: int, patience: Patience
    ):
        self.failed = [check for check, run in runs.items() if run.failure is not None]
        self._passed = [check for check, run in runs.items() if run.passed]
        self._raised = [check for check, run in runs.items() if _raised(run)]
        self._exercise, self._runs, self._seed = exercise, runs, seed
        self._patience = patience
        self._possible: dict[Mutant, bool] = {}

    def explained_by_one(self) -> dict[Check, Explanation]:
        """By check, all misconceptions each of which leaves the same record by itself."""
        alike = list(filter(self._agrees, misconceptions.singles(self._exercise)))
        if not alike:
            return {}
        raised = [
            check
            for check in self._raised
            if all(_raised(self._run(mutant, check)) for mutant in alike)
        ]
        return dict.fromkeys(self.failed + raised, Explanation(_names_of(alike), alike=True))

    def explained_by_two(self) -> dict[Check, Explanation]:
        """By check, misconceptions that are part of every pair which leaves the same record."""
        pairs = list(filter(self._agrees, misconceptions.pairs(self._exercise, self._together)))
        certain = [
            name for name in _names_of(pairs) if all(name in mutant.names for mutant in pairs)
        ]
        if not certain:
            return {}
        return {check: Explanation(self._at_work(certain, check)) for check in self.failed}

    def explained_exceptions(self, found: dict[Check, Explanation]) -> dict[Check, Explanation]:
        """By check, misconceptions that stop it with the same exception.

        Args:
            found: what explains other checks; of several misconceptions, those are meant.
        """
        stopped = [check for check in self._raised if check not in found]
        if not stopped or _exception(self._runs[stopped[0]])[0] not in _OF_SHAPES:
            return {}
        others = [check for check in self.failed if check not in found] + self._passed
        alike = [
            mutant
            for mutant in misconceptions.singles(self._exercise)
            if self._stops_alike(stopped[0], mutant)
            and all(self._agrees_in(check, mutant) for check in others)
        ]
        known = {name for explanation in found.values() for name in explanation.names}
        alike = [mutant for mutant in alike if known & {*mutant.names}] or alike
        explanation = Explanation(_names_of(alike), alike=True)
        return {
            check: explanation
            for check in stopped
            if alike and all(self._stops_alike(check, mutant) for mutant in alike)
        }

    def _stops_alike(self, check: Check, mutant: Mutant) -> bool:
        answer, run = self._runs[check], self._run(mutant, check)
        return run.problem is not None and _exception(run) == _exception(answer)

    def _run(self, mutant: Mutant, check: Check) -> Run:
        self._patience.spend(mutant, check)
        return run_mutant(mutant, check, self._seed)

    def _agrees(self, mutant: Mutant) -> bool:
        """Whether the mutant leaves the record of the answer in every check that ended."""
        return all(self._agrees_in(check, mutant) for check in (*self.failed, *self._passed))

    def _agrees_in(self, check: Check, mutant: Mutant) -> bool:
        return _same_record(self._runs[check], self._run(mutant, check))

    def _breaks_nothing(self, mutant: Mutant) -> bool:
        """It breaks nothing that holds: one of two errors hardly ever mends the other."""
        if mutant not in self._possible:
            self._possible[mutant] = all(self._run(mutant, check).passed for check in self._passed)
        return self._possible[mutant]

    def _together(self, a: Mutant, b: Mutant) -> bool:
        """Whether both are possible and could give the values seen in the first failed check.

        An error that does not show there by itself is taken not to change the other's values.
        """
        if not self._breaks_nothing(a) or not self._breaks_nothing(b):
            return False
        first = self.failed[0]
        shows = [mutant for mutant in (a, b) if not self._run(mutant, first).passed]
        return len(shows) == 2 or (len(shows) == 1 and self._agrees_in(first, shows[0]))

    def _at_work(self, names: list[str], check: Check) -> tuple[str, ...]:
        """Of two misconceptions, those that make this check fail by themselves; else both."""
        alone = {
            name
            for mutant in misconceptions.singles(self._exercise)
            for name in mutant.names
            if name in names and not self._run(mutant, check).passed
        }
        return tuple(name for name in names if name in alone) or tuple(names)


def _names_of(mutants: list[Mutant]) -> tuple[str, ...]:
    """Their names in order, each once."""
    return tuple(dict.fromkeys(name for mutant in mutants for name in mutant.names))


def _raised(run: Run) -> bool:
    return run.problem is not None and run.problem.kind == "error"


def _exception(run: Run) -> tuple[object, ...]:
    details = run.problem.details if run.problem else {}
    return details.get("builtin"), details.get("text"), len(run.record)


@functools.lru_cache(maxsize=4096)
def run_mutant(mutant: Mutant, check: Check, seed: int) -> Run:
    """What a check sees of a mutant: the same for a whole class, which shares one seed.

    Kept without the exceptions themselves, whose frames hold modules and graphs.
    """
    run = run_check(check, LocalStudent(mutant.namespace()), seed)
    failure = Failed(run.failure.message) if run.failure else None
    problem = None
    if run.problem:
        told = {name: run.problem.details.get(name) for name in ("builtin", "text")}
        problem = StudentProblem(run.problem.kind, **told)
    return Run(run.record, failure, problem)


def _same_record(answer: Run, mutant: Run) -> bool:
    if mutant.problem is not None or answer.passed != mutant.passed:
        return False
    return same_record(answer, mutant)


def same_record(a: Run, b: Run) -> bool:
    """Whether two runs of a check saw the same values, up to rounding."""
    return len(a.record) == len(b.record) and all(map(_same, a.record, b.record))


def _same(a: object, b: object) -> bool:
    if not isinstance(a, torch.Tensor) or not isinstance(b, torch.Tensor):
        return type(a) is type(b) and a == b
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(same_values(a, b, _ROUNDING.get(a.dtype)).all())
