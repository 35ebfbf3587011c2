"""Naming a wrong answer by its values.

A misconception is run on the inputs of the checks that the learner's answer was given. It explains
the answer if it leaves the same record (``expect.observing``) in *every* check: the same wrong
values where the answer is wrong, right ones where it is right. One check alone can be fooled by a
coincidence; all of them together hardly. Where no single misconception explains an answer, two at
once are tried. What nothing explains stays unnamed: a wrong name costs a learner more than none.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

import torch

from .. import course
from . import misconceptions
from .checks import Check
from .expect import Failed, same_values
from .misconceptions import Mutant
from .run import Run, run_check
from .student import LocalStudent, StudentProblem

# Two programs with the same mistake may round differently, and a mistake can magnify that.
_ROUNDING = {torch.float16: 1e-2, torch.bfloat16: 8e-2, torch.float32: 5e-5, torch.float64: 1e-9}


@dataclass(frozen=True)
class Explanation:
    """Names of misconceptions: two at work together, or (``alike``) one of several that the inputs
    cannot tell apart."""

    names: tuple[str, ...] = ()
    alike: bool = False


def explain(exercise: course.Exercise, runs: dict[Check, Run], seed: int) -> dict:
    """What explains a wrong answer.

    Args:
        exercise: the exercise.
        runs: what came of its checks, all drawn at level ``FULL`` from ``seed``.

    Returns:
        By check, the ``Explanation`` of its failure; a check that nothing explains is missing.
    """
    failed = [check for check, run in runs.items() if run.failure is not None]
    if not failed:
        return {}
    evidence = [*failed, *(check for check, run in runs.items() if run.passed)]
    as_mutant = functools.partial(_run_mutant, seed=seed)

    def explains(mutant: Mutant) -> bool:
        return all(_same_record(runs[check], as_mutant(mutant, check)) for check in evidence)

    passed = [check for check, run in runs.items() if run.passed]

    @functools.cache
    def possible(mutant: Mutant) -> bool:
        """It breaks nothing that holds: one of two errors hardly ever mends the other."""
        return all(as_mutant(mutant, check).passed for check in passed)

    def together(a: Mutant, b: Mutant) -> bool:
        """Whether both are possible and could give the values seen in the first failed check.

        An error that does not show there by itself is taken not to change the other's values.
        """
        if not possible(a) or not possible(b):
            return False
        shows = [each for each in (a, b) if not as_mutant(each, failed[0]).passed]
        return len(shows) == 2 or (
            len(shows) == 1 and _same_record(runs[failed[0]], as_mutant(shows[0], failed[0]))
        )

    found = [mutant for mutant in misconceptions.singles(exercise) if explains(mutant)]
    if found:
        names = tuple(dict.fromkeys(name for mutant in found for name in mutant.names))
        raised = [check for check, run in runs.items() if _raised(run)]
        raised = [c for c in raised if all(_raised(as_mutant(mutant, c)) for mutant in found)]
        return dict.fromkeys(failed + raised, Explanation(names, alike=True))
    found = [mutant for mutant in misconceptions.pairs(exercise, together) if explains(mutant)]
    certain = [
        name
        for name in dict.fromkeys(itertools.chain(*(mutant.names for mutant in found)))
        if all(name in mutant.names for mutant in found)
    ]
    if not certain:
        return {}
    return {check: Explanation(_at_work(exercise, certain, check, as_mutant)) for check in failed}


def _raised(run: Run) -> bool:
    return run.problem is not None and run.problem.kind == "error"


def _at_work(exercise, names, check, as_mutant) -> tuple[str, ...]:
    """Of two misconceptions, those that make this check fail by themselves; else both."""
    alone = {
        name
        for mutant in misconceptions.singles(exercise)
        for name in mutant.names
        if name in names and not as_mutant(mutant, check).passed
    }
    return tuple(name for name in names if name in alone) or tuple(names)


@functools.lru_cache(maxsize=4096)
def _run_mutant(mutant: Mutant, check: Check, seed: int) -> Run:
    """The same for every submission of a class, which shares one seed: worth keeping.

    Kept without the exceptions themselves, whose frames hold modules and graphs.
    """
    run = run_check(check, LocalStudent(mutant.namespace()), seed)
    failure = Failed(run.failure.message) if run.failure else None
    problem = StudentProblem(run.problem.kind) if run.problem else None
    return Run(run.record, failure, problem)


def _same_record(answer: Run, mutant: Run) -> bool:
    if mutant.problem is not None or answer.passed != mutant.passed:
        return False
    if len(answer.record) != len(mutant.record):
        return False
    return all(map(_same, answer.record, mutant.record))


def _same(a, b) -> bool:
    if not isinstance(a, torch.Tensor) or not isinstance(b, torch.Tensor):
        return type(a) is type(b) and a == b
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(same_values(a, b, _ROUNDING.get(a.dtype)).all())
