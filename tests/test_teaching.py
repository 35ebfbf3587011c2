"""The guide for instructors: its commands, in their order, in a class of two."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from class_folders import UNIT, ClassFolder
from support import reference_answers

from autograder import course

GUIDE = course.ROOT / "docs" / "teaching.md"


def commands():
    """The lines of its blocks of shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


@pytest.mark.slow
def test_every_command_of_the_guide_works_in_its_order(tmp_path):
    folder = ClassFolder(tmp_path, 1)
    folder.hand_in("ada", reference_answers(UNIT))
    (tmp_path / "students.csv").write_text("id\nada\ns000\nabsent\n", encoding="utf-8")
    bin_folder = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": bin_folder + os.pathsep + os.environ["PATH"]}
    assert len(commands()) > 10
    for command in commands():
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    for file in ("reports/course.html", "reports/02_masks/canvas.csv", "gradescope/02_masks.zip"):
        assert (tmp_path / file).stat().st_size > 0
    grades = (tmp_path / "grades.csv").read_text(encoding="utf-8")
    assert "ada" in grades and "s000" in grades
    canvas = (tmp_path / "reports" / "02_masks" / "canvas.csv").read_text(encoding="utf-8")
    assert ",ada,,22" in canvas
