"""Whose answers are alike beyond what a class has in common: a hint to read both, and no score.

Code is compared by copydetect's fingerprints (winnowing): names, comments, spaces and the order of
functions do not count. That is done in a process apart, with a limit of time and memory, as
learners may have written anything.
"""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .. import course
from ..submissions.read import released

RULE = (
    "Listed are pairs who share more than half of their unusual code: what at most a tenth of the "
    "class wrote (four, in a small one), and neither the exercises, nor the lesson, nor the "
    "course's own answers hold."
)
_SHARE = 0.5
_ENOUGH_LEARNERS = 8  # to tell what a class has in common
_FEW = 4  # may have written the same in a small class
_CHARACTERS = 25  # of a fingerprint; copydetect's default
_ENOUGH_SHARED = 100  # fingerprints: about as many characters, names and strings being one each
_MOST_CODE = 32 * 1024  # characters of one learner
_MOST_SHOWN = 30
_SECONDS = 60
_MEGABYTES = 4096


@dataclass(frozen=True)
class Pair:
    """Two learners whose answers are alike.

    Attributes:
        one, other: who.
        share: of what is unusual in the one with more of that, how much the other has too, 0 to 1.
    """

    one: str
    other: str
    share: float


@dataclass(frozen=True)
class Alike:
    """What came of a comparison.

    Attributes:
        pairs: the pairs to show, the most alike first.
        says: what was not compared, or not shown, and why; empty if there is nothing to say.
    """

    pairs: tuple[Pair, ...] = ()
    says: str = ""


def compare(
    unit: course.Unit, answers: Mapping[str, str | None], seconds: float = _SECONDS
) -> Alike:
    """Compare what the learners of a class wrote; what fails is said, and raises nothing.

    Args:
        unit: the assignment.
        answers: by learner, the code of all answers; None where it is gone.
        seconds: how long that may take.
    """
    there = {who: code for who, code in answers.items() if code is not None}
    compared = {who: code for who, code in there.items() if len(code) <= _MOST_CODE}
    if not there:
        return Alike(says="Nothing could be compared: the autograded notebooks are gone.")
    if len(compared) < _ENOUGH_LEARNERS:
        says = f"Not compared: what is usual can be told from {_ENOUGH_LEARNERS} submissions on."
        return Alike(says=says)
    try:
        found = _in_a_process([_given(unit), list(compared.values())], seconds)
    except subprocess.TimeoutExpired:
        return Alike(says=f"Nothing was compared: it took more than {seconds:g} seconds.")
    except (subprocess.SubprocessError, OSError, ValueError, course.CourseError) as problem:
        return Alike(says=f"Nothing was compared: {type(problem).__name__}.")
    learners = list(compared)
    pairs = tuple(Pair(learners[i], learners[j], share) for share, i, j in found[:_MOST_SHOWN])
    counted = {
        "submissions not compared, as their autograded notebook is gone": len(answers) - len(there),
        "submissions not compared, as they are too long": len(there) - len(compared),
        "more pairs": len(found) - len(pairs),
    }
    return Alike(pairs, " ".join(f"{n} {what}." for what, n in counted.items() if n))


def _in_a_process(asked: list[list[str]], seconds: float) -> list[tuple[float, int, int]]:
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(
        command,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
    )
    return json.loads(done.stdout)


def _given(unit: course.Unit) -> list[str]:
    """Code that learners have before them: the exercises, the lesson, and the course's answers."""
    cells = [cell for cell in released(unit)["cells"] if cell["cell_type"] == "code"]
    lessons = (course.ROOT / "lessons").glob(f"{unit.name}*.py")
    return [
        *("".join(cell["source"]) for cell in cells),
        *(path.read_text(encoding="utf-8") for path in lessons),
        course.reference_source([each.id for each in unit.exercises]),
    ]


def pairs_of(given: Collection[str], answers: Collection[str]) -> list[tuple[float, int, int]]:
    """The pairs that are alike by ``RULE``: share and both positions, the most alike first."""
    known = set[int]().union(*map(_fingerprints, given))
    written = [_fingerprints(code) - known for code in answers]
    counts = Counter(itertools.chain.from_iterable(written))
    few = max(_FEW, len(written) // 10)
    unusual = [{each for each in one if counts[each] <= few} for one in written]
    found = []
    for (i, one), (j, other) in itertools.combinations(enumerate(unusual), 2):
        shared, most = len(one & other), max(len(one), len(other))
        if shared >= _ENOUGH_SHARED and shared > _SHARE * most:
            found.append((shared / most, i, j))
    return sorted(found, key=lambda each: -each[0])


def _fingerprints(code: str) -> set[int]:
    from copydetect import CodeFingerprint  # imports matplotlib

    made = CodeFingerprint("", _CHARACTERS, 1, language="python", fp=io.StringIO(code))
    return set(map(int, made.hashes))


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEGABYTES << 20, _MEGABYTES << 20))


if __name__ == "__main__":
    _limit_memory()
    json.dump(pairs_of(*json.load(sys.stdin)), sys.stdout)
