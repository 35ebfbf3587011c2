"""How long a learner and an instructor wait for a verdict: ``make bench``.

Prints medians and quartiles in milliseconds: ``check("masked_attention")`` and
``check("MultiHeadAttention")`` in a warm process, for a right answer and for wrong ones of
``tests/answers``, and the command line from a cold start on a whole notebook.
"""

import contextlib
import io
import statistics
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from support import grade_namespace  # noqa: E402

from autograder import course  # noqa: E402
from autograder.learner import notebook  # noqa: E402

REPEATS = 30
MOST = 40


def summary(name, seconds):
    """One line: median and quartiles."""
    low, median, high = (1e3 * each for each in statistics.quantiles(seconds, n=4))
    print(f"{name:<58} {median:8.1f}  ({low:.1f} to {high:.1f}, n {len(seconds)})")


def timed(call):
    """Seconds that a call takes, its output hidden."""
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        call()
    return time.perf_counter() - start


def names_of(path, earlier):
    """Names that an answer file defines, on top of earlier work."""
    namespace = earlier | {"__name__": "submission"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    return namespace


def main():
    """Run all measurements."""
    for exercise in map(course.exercise, ("masked_attention", "MultiHeadAttention")):
        in_a_warm_process(exercise)
    sample = TESTS / "samples" / "submitted" / "ben" / "01_single_head" / "01_single_head.ipynb"
    command = [sys.executable, "-m", "autograder", "check", str(sample)]
    run = lambda: subprocess.run(command, capture_output=True)  # noqa: E731
    summary("python -m autograder check NOTEBOOK, cold process", [timed(run) for _ in range(7)])


def in_a_warm_process(exercise):
    """A right answer, and wrong ones with a fresh seed each."""
    right = dict(course.reference_namespace(exercise.unit))
    notebook._namespace = lambda depth: right
    timed(lambda: notebook.check(exercise.id))
    summary(
        f'check("{exercise.id}"), right, warm',
        [timed(lambda: notebook.check(exercise.id)) for _ in range(REPEATS)],
    )
    for kind in ("restyled", "pair", "near_miss"):
        paths = sorted((TESTS / "answers" / exercise.id).glob(f"{kind}_*.py"))
        answers = [names_of(path, right) for path in paths[:MOST]]
        times = [
            timed(lambda names=names, seed=seed: grade_namespace(exercise, names, seed))
            for seed, names in enumerate(answers)
        ]
        summary(f"the same, wrong ({kind}), fresh seed each", times)


if __name__ == "__main__":
    main()
