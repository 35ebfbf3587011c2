"""A kept grade stands as long as nothing that decided it has changed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import course
from autograder.submissions import fingerprint

UNIT = "07_grouped_query"

GRADES = """
import sys
from pathlib import Path
from autograder.grading.render.html import exercise_html
from autograder.submissions.grade import grade
verdict = grade(Path(sys.argv[1]), seed=1, in_process=True)
assert verdict.points == verdict.max_points
for exercise in verdict.exercises:
    exercise_html(exercise)
for module in list(sys.modules.values()):
    print(getattr(module, "__file__", None))
"""


@pytest.mark.slow
def test_every_file_at_work_while_a_submission_is_graded_counts():
    unit = course.unit(UNIT)
    command = [sys.executable, "-c", GRADES, str(unit.source)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    files = {Path(line) for line in done.stdout.splitlines()}
    ours = [course.ROOT / each for each in ("autograder", "solutions", "lessons")]
    at_work = {file for file in files if any(file.is_relative_to(each) for each in ours)}
    assert len(at_work) > 40
    assert at_work - set(fingerprint.deciding(UNIT)) == set()


VERSIONS = """
import sys
from pathlib import Path
from autograder.submissions import fingerprint
first = fingerprint.checks_version("07_grouped_query")
for file in map(Path, sys.argv[1:]):
    before = file.read_bytes()
    file.write_bytes(before + b"# changed")
    fingerprint.checks_version.cache_clear()
    print(int(fingerprint.checks_version("07_grouped_query") != first))
    file.write_bytes(before)
"""


def test_the_version_changes_with_every_file_that_decides_and_with_no_other(tmp_path):
    for folder in ("autograder", "solutions", "exercises"):
        shutil.copytree(course.ROOT / folder, tmp_path / folder)
    shutil.copytree(course.ROOT / "lessons", tmp_path / "lessons", ignore=lambda *_: ["attnlab"])
    deciding = [
        "solutions/02_masks/02_masks.py",
        "autograder/grading/diagnosis.py",
        "autograder/grading/student.py",
        "autograder/grading/render/templates/exercise.html.jinja",
        "autograder/sandbox/inside/watch.py",
        "autograder/submissions/read.py",
        "autograder/units/u01_single_head/misconceptions.py",
        "exercises/07_grouped_query/07_grouped_query.ipynb",
    ]
    others = [
        "solutions/08_efficiency/08_efficiency.py",
        "autograder/classroom/report.py",
        "autograder/learner/notebook.py",
        "autograder/units/u08_efficiency/__init__.py",
        "exercises/06_kv_cache/06_kv_cache.ipynb",
    ]
    done = subprocess.run(
        [sys.executable, "-c", VERSIONS, *deciding, *others],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1"] * len(deciding) + ["0"] * len(others)
