"""Where the course is looked for, and that a submission sees it nowhere."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import course
from autograder.sandbox import bubblewrap

NO_COURSE = "go to the course's folder, the one with solutions/ in it, or set AUTOGRADER_COURSE"


@pytest.fixture
def installed(tmp_path):
    """The package alone, as from a wheel."""
    site = tmp_path / "site"
    ignored = shutil.ignore_patterns("__pycache__")
    for name, source in {"autograder": "autograder", "attnlab": "lessons/attnlab"}.items():
        shutil.copytree(course.ROOT / source, site / name, ignore=ignored)
    return site


def run(site, cwd, *arguments, **variables):
    """Run Python with the package of that folder."""
    cwd.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(site)} | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )


def root_of(*place, **variables):
    """The course's folder as the package of a site finds it."""
    code = "import autograder.course as course; print(course.__file__, course.ROOT, sep='\\n')"
    done = run(*place, "-c", code, **variables)
    package, root = done.stdout.splitlines()
    assert Path(package).is_relative_to(place[0])
    return Path(root)


def test_beside_the_package_first(installed, tmp_path):
    (installed / "solutions").mkdir()
    (tmp_path / "here" / "solutions").mkdir(parents=True)
    assert root_of(installed, tmp_path / "here") == installed


def test_else_in_the_current_folder(installed, tmp_path):
    assert root_of(installed, tmp_path / "here") == tmp_path / "here"


def test_a_named_place_wins(installed, tmp_path):
    (installed / "solutions").mkdir()
    (tmp_path / "course").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "course")
    place = str(tmp_path / "link")
    assert root_of(installed, tmp_path, AUTOGRADER_COURSE=place) == tmp_path / "course"


@pytest.mark.parametrize("command", [["status"], ["hint", "softmax"], ["grade", "01"], ["build"]])
def test_without_a_course_a_sentence_says_what_to_do(installed, tmp_path, command):
    done = run(installed, tmp_path / "here", "-m", "autograder", *command)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and NO_COURSE in done.stderr
    assert list((tmp_path / "here").iterdir()) == []


def test_pytest_elsewhere_is_left_alone(installed, tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "test_one.py").write_text("def test_one():\n    pass\n")
    (tmp_path / "here" / "one.ipynb").write_text('{"cells": [], "grade_id": "softmax"}')
    plugin = ["-p", "autograder.learner.pytest_plugin"]
    done = run(
        *(installed, tmp_path / "here", "-m", "pytest", "-q", *plugin),
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout


# What a submission sees


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """A folder that submissions see, as they see /usr; nothing of this machine matters."""
    monkeypatch.delenv("AUTOGRADER_COURSE", raising=False)
    monkeypatch.chdir("/")
    folder = tmp_path / "usr"
    folder.mkdir()
    return folder


def test_packages_and_named_course_are_hidden_apart(shown, monkeypatch):
    site, place = shown / "site", shown / "course"
    for folder in (site / "autograder", site / "attnlab", place / "solutions"):
        folder.mkdir(parents=True)
    (shown / "link").symlink_to(place)
    monkeypatch.setattr(bubblewrap, "_PACKAGE", site / "autograder")
    monkeypatch.setenv("AUTOGRADER_COURSE", str(shown / "link"))
    hidden = {str(site / "autograder"), str(site / "attnlab"), str(place)}
    assert set(bubblewrap._hidden([str(shown)])) == hidden


def test_the_current_folder_is_hidden(shown, monkeypatch):
    (shown / "here").mkdir()
    monkeypatch.chdir(shown / "here")
    assert bubblewrap._hidden([str(shown)]) == [str(shown / "here")]


def test_a_course_with_its_environment_inside_is_hidden_around_it(shown, monkeypatch):
    place = shown / "course"
    python = place / ".venv"
    (python / "bin").mkdir(parents=True)
    monkeypatch.setattr(bubblewrap, "_PACKAGE", place / "autograder")
    (place / "solutions").mkdir()
    monkeypatch.setattr(sys, "prefix", str(python))
    monkeypatch.setattr(sys, "executable", str(python / "bin" / "python"))
    monkeypatch.setattr(bubblewrap, "readable", lambda: [str(shown)])
    line = bubblewrap.command("bwrap", [])
    start = line.index("--tmpfs")
    end = line.index("--remount-ro")
    assert line[start : start + 2] == ["--tmpfs", str(place)]
    assert line[end : end + 2] == ["--remount-ro", str(place)]
    assert ["--ro-bind", str(python), str(python)] == line[start + 2 : start + 5]
    assert str(place / "solutions") not in json.dumps(line)
