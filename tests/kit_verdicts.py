"""Verdicts on answers of ``answers/``, as JSON: run it in a course and in a kit to compare them.

``python kit_verdicts.py PATH ONE_IN`` grades one in so many exercises, and answers to each.
"""

import json
import sys
from pathlib import Path

from support import grade_namespace, graded_exercises
from test_answers import answers, namespace_of

KINDS = ("right", "restyled", "pair", "near_miss", "natural_a", "natural_b")
SEED = 7


def told(verdict):
    """What a learner is told."""
    checks = [
        (each.id, each.passed, each.message, list(each.misconceptions)) for each in verdict.checks
    ]
    return [verdict.points, verdict.status, checks]


def main(path, one_in):
    """Grade the answers."""
    verdicts = {}
    for exercise in graded_exercises()[::one_in]:
        for answer in answers(exercise, *KINDS)[::one_in]:
            verdict = grade_namespace(exercise, namespace_of(exercise, answer), SEED, False)
            verdicts[f"{exercise.id}/{answer.path.stem}"] = told(verdict)
    Path(path).write_text(json.dumps(verdicts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
