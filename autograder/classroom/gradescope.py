"""An assignment as an autograder for Gradescope: a zip to upload, and what runs in it there.

The zip holds the course with its solutions; Gradescope shows students neither. It is unpacked
into ``/autograder/source``, where ``setup.sh`` runs once and ``run_autograder`` for each
submission (https://gradescope-autograders.readthedocs.io/).
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

from .. import course
from ..course import CourseError
from ..grading.render import safe
from ..submissions.handed_in import read_handed_in
from ..submissions.worker import grade_one
from .exports import gradescope
from .seed import class_seed
from .standing import of_verdict

_PARTS = ("autograder", "exercises", "lessons/attnlab", "solutions")
_FILES = ("LICENSE", "README.md", "pyproject.toml", "requirements.txt")
_SETUP = """#!/usr/bin/env bash
set -e
cd "$(dirname "$(readlink -f "$0")")"
apt-get update -q
apt-get install -y -q --no-install-recommends python3 python3-venv bubblewrap
python3 autograder/bootstrap.py setup
"""
_RUN = """#!/usr/bin/env bash
here=$(dirname "$(readlink -f "$0")")
cd "$here/source"
.venv/bin/python -m autograder.classroom.gradescope {unit} {seed} \\
    "$here/submission" "$here/results/results.json"
"""


def write_zip(unit: course.Unit, path: Path, root: Path) -> None:
    """Write what Gradescope takes as an autograder.

    Args:
        unit: the assignment.
        path: the zip.
        root: the folder of the class, whose seed draws the inputs: grades are those of ``grade``.
    """
    scripts = {
        "setup.sh": _SETUP,
        "run_autograder": _RUN.format(unit=unit.name, seed=class_seed(unit, root)),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in scripts.items():
            script = zipfile.ZipInfo(name)
            script.external_attr = 0o755 << 16
            archive.writestr(script, text, zipfile.ZIP_DEFLATED)
        for part in _PARTS:
            for file in sorted((course.ROOT / part).rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, file.relative_to(course.ROOT))
        for name in _FILES:
            archive.write(course.ROOT / name, name)


def grade_folder(unit: course.Unit, seed: int, submission: Path, results: Path) -> None:
    """Grade what a student uploaded, and write ``results.json``, whatever happens.

    Args:
        unit: the assignment.
        seed: draws the inputs.
        submission: a folder with the student's files.
        results: where the file goes.
    """
    try:
        handed_in = read_handed_in(unit, submission / f"{unit.name}.ipynb")
        verdict = grade_one(unit.name, "submission", handed_in, seed, "partial").verdict
        told = gradescope(verdict, of_verdict(verdict))
    except Exception as problem:  # no failure of the machinery is a grade of 0
        says = str(problem) if isinstance(problem, CourseError) else type(problem).__name__
        told = {"output": f"This could not be graded; ask your instructor. ({safe.one_line(says)})"}
        print(safe.printable(repr(problem)), file=sys.stderr)
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    name, seed, submission, results = sys.argv[1:]
    grade_folder(course.unit(name), int(seed), Path(submission), Path(results))
