"""How many wrong answers pass, and how many are named, exercise by exercise: ``make graders``.

The wrong answers are those of ``tests/answers``: natural mistakes, written from the lessons alone,
and known errors in other styles. One passes if it gets full marks. The table goes into
``docs/graders.md``, beside what was found of other graders.
"""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from support import grade_namespace, graded_exercises  # noqa: E402
from test_answers import answers, namespace_of  # noqa: E402

SEED = 7
KINDS = {"natural": ("natural_a", "natural_b"), "restyled": ("restyled",)}


class Count(NamedTuple):
    """Of wrong answers: how many there are, the names of those that pass, how many are named."""

    graded: int
    passing: tuple[str, ...]
    named: int


def count(exercise, kinds):
    """Grade the answers of these kinds to an exercise."""
    found = answers(exercise, *kinds)
    verdicts = {
        answer.path.stem: grade_namespace(exercise, namespace_of(exercise, answer), SEED, False)
        for answer in found
    }
    passing = tuple(name for name, each in verdicts.items() if each.points >= each.max_points)
    named = sum(any(check.misconceptions for check in each.checks) for each in verdicts.values())
    return Count(len(found), passing, named)


def line(name, counts):
    """A line of the table."""
    cells = [f"{len(each.passing)} of {each.graded} | {each.named}" for each in counts]
    return f"| {name} | {' | '.join(cells)} |"


def total(counts):
    """Several counts in one."""
    passing = tuple(name for each in counts for name in each.passing)
    return Count(sum(each.graded for each in counts), passing, sum(each.named for each in counts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", help="ids; all by default")
    asked = parser.parse_args().exercises
    print("| exercise | natural: pass | named | restyled: pass | named |\n|---|---|---|---|---|")
    columns = {kind: [] for kind in KINDS}
    for exercise in graded_exercises():
        if asked and exercise.id not in asked:
            continue
        counts = [count(exercise, kinds) for kinds in KINDS.values()]
        for column, each in zip(columns.values(), counts, strict=True):
            column.append(each)
        print(line(f"`{exercise.id}`", counts), flush=True)
        for name in (name for each in counts for name in each.passing):
            print(f"passes: {exercise.id}/{name}.py", file=sys.stderr)
    print(line("all", [total(column) for column in columns.values()]))


if __name__ == "__main__":
    main()
