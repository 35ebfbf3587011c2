"""How long a learner and an instructor wait for a verdict: ``make bench``.

``check`` in a kernel, on every misconception and natural mistake (``tests/answers``): seconds until
the verdict is shown, and until what comes last is, its name where it has one. Cold is the first
check of an exercise in a kernel; warm are all in one kernel, one after the other. Right answers,
and the command line from a cold start on a whole notebook, follow. Median, 90 % and worst, by the
clock and by processor time: that of a machine that does other things besides.
"""

import argparse
import collections
import math
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from support import graded_exercises  # noqa: E402
from test_answers import answers, namespace_of  # noqa: E402

from autograder import course  # noqa: E402
from autograder.grading import diagnosis, misconceptions, reference  # noqa: E402
from autograder.grading.render import wording  # noqa: E402
from autograder.learner import notebook, screen  # noqa: E402

COUNT_COLD_PROCESSES = 7
COUNT_RIGHT = 3
CUT_SHORT = collections.Counter()  # searches that reached their bound, by exercise
GOALS = "goals: verdict 150 ms, name 1000 ms in the median, nothing over 3000 ms"


def wrong_answers(exercise):
    """Names by title: each misconception, as its first edit has it, and each natural mistake."""
    first = {one.names[0]: one for one in reversed(misconceptions.singles(exercise))}
    found = {name: one.namespace() for name, one in first.items()}
    for answer in answers(exercise, "natural_a", "natural_b"):
        found[answer.path.stem] = namespace_of(exercise, answer)
    return found


def shown_after(exercise, names):
    """Pairs (seconds by the clock, of the processor) until each thing that ``check`` shows."""
    shown, began = [], _now()

    def show(text, *_, **__):
        shown.append([now - start for now, start in zip(_now(), began, strict=True)])
        CUT_SHORT[exercise.id] += wording.SEARCH_ENDED in text

    screen.in_notebook = lambda: True
    notebook._namespace = lambda depth: names
    notebook._show = show
    notebook.check(exercise.id)
    return shown


def _now():
    return time.perf_counter(), time.process_time()


def forget():
    """Make the next check one of a new kernel."""
    caches = (diagnosis.run_mutant, misconceptions._run_mutant, reference._asked_before)
    for each in caches:
        each.cache_clear()


def summary(title, seconds):
    """One line for the clock and the processor: median, 90 %, worst, in milliseconds."""
    columns = []
    for each in zip(*seconds, strict=True):
        ordered = sorted(each)
        ninety = ordered[math.ceil(0.9 * len(ordered)) - 1]
        told = (1e3 * x for x in (statistics.median(ordered), ninety, ordered[-1]))
        columns.append("".join(f"{each:9.0f}" for each in told))
    print(f"{title:<42}" + "   ".join(columns) + f"{len(seconds):6}", flush=True)


def main():
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exercises", nargs="*", help="only these")
    parser.add_argument("--every", type=int, default=1, help="one wrong answer in so many")
    given = parser.parse_args()
    course.WORKSPACE = Path(tempfile.mkdtemp())
    print(f"{'milliseconds':<42}{'clock':>27}   {'processor':>27}")
    print(f"{'':<42}" + "   ".join(["   median     90 %    worst"] * 2) + f"{'n':>6}")
    total = {}
    for exercise in graded_exercises():
        if not given.exercises or exercise.id in given.exercises:
            for title, seconds in of_exercise(exercise, given.every).items():
                summary(f"{exercise.id}, {title}", seconds)
                total.setdefault(title, []).extend(seconds)
    for title, seconds in total.items():
        summary(f"all, {title}", seconds)
    print(GOALS)
    print(f"searches that reached their bound: {dict(+CUT_SHORT)}")
    if not given.exercises:
        command_line()


def of_exercise(exercise, every):
    """By title, the seconds of each answer."""
    found = {}
    wrong = list(wrong_answers(exercise).values())[::every]
    note = lambda title, seconds: found.setdefault(title, []).append(seconds)  # noqa: E731
    shown_after(exercise, wrong[-1])  # what is imported and compiled once
    for how in ("cold", "warm"):
        for names in wrong:
            if how == "cold":
                forget()
            times = shown_after(exercise, names)
            note(f"verdict, {how}", times[0])
            note(f"name, {how}", times[-1])
    right = dict(course.reference_namespace(exercise.unit))
    for _ in range(COUNT_RIGHT):
        note("right", shown_after(exercise, right)[-1])
    return found


def command_line():
    """A whole notebook."""
    sample = TESTS / "samples" / "submitted" / "ben" / "01_single_head" / "01_single_head.ipynb"
    command = [sys.executable, "-m", "autograder", "check", str(sample)]
    seconds = []
    for _ in range(COUNT_COLD_PROCESSES):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True)
        seconds.append((time.perf_counter() - began,))
    summary("python -m autograder check NOTEBOOK", seconds)


if __name__ == "__main__":
    main()
