"""Where the course is looked for, and that a submission sees it nowhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import course
from autograder.sandbox import bubblewrap, probe

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


@pytest.mark.slow
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


def test_the_place_of_an_exchange_is_hidden(shown, monkeypatch):
    shared = shown / "local" / "share"
    shared.mkdir(parents=True)
    monkeypatch.setattr(bubblewrap, "_SHARED", str(shared))
    assert bubblewrap._hidden([str(shown)]) == [str(shared)]


def seen(folder):
    """Files below a folder that are seen inside bubblewrap."""
    line = bubblewrap.command(bubblewrap.usable(), [])
    inside = [*line[: line.index("--") + 1], "find", f"{folder}/", "-type", "f"]
    done = subprocess.run(inside, capture_output=True, text=True)
    return {Path(each).relative_to(folder).as_posix() for each in done.stdout.splitlines()}


@pytest.fixture
def course_in(shown, monkeypatch):
    """A course in what is shown; gives a function that makes an environment somewhere there."""
    place = shown / "course"
    monkeypatch.setattr(bubblewrap, "_PACKAGE", place / "autograder")
    for name in ("solutions/one.py", "autograder/checks.py", "submitted/ada/02.ipynb", ".secret"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()

    def environment(name):
        python = shown / name
        for file in ("bin/python", "lib/site.py", "pyvenv.cfg"):
            (python / file).parent.mkdir(parents=True, exist_ok=True)
            (python / file).touch()
        monkeypatch.setattr(bubblewrap, "_pythons", lambda: [str(python)])
        monkeypatch.setattr(bubblewrap, "_SYSTEM", (*bubblewrap._SYSTEM, str(shown)))
        return {(Path(name) / file).as_posix() for file in ("bin/python", "lib/site.py")}

    return environment


bwrap = pytest.mark.skipif(not bubblewrap.usable(), reason="needs bubblewrap")


@bwrap
@pytest.mark.parametrize("name", [".", "env", "course", "course/.venv", "course/deep/env"])
def test_a_course_is_hidden_wherever_its_environment_lies(shown, course_in, name):
    needed = course_in(name)
    found = seen(shown)
    assert needed <= found
    assert {each for each in found if each.startswith("course/")} <= needed | {f"{name}/pyvenv.cfg"}


@bwrap
def test_a_course_is_hidden_under_each_name_of_what_is_shown(shown, course_in, monkeypatch):
    course_in("env")
    link = shown.with_name("link")
    link.symlink_to(shown)
    monkeypatch.setattr(bubblewrap, "_SYSTEM", (*bubblewrap._SYSTEM, str(link)))
    assert seen(link) == seen(shown) == {"env/bin/python", "env/lib/site.py", "env/pyvenv.cfg"}


@pytest.mark.parametrize("name", ["env", "course", "course/.venv"])
def test_the_probe_looks_for_all_that_lies_in_the_course(shown, course_in, monkeypatch, name):
    course_in(name)
    monkeypatch.chdir(shown / "course" / "submitted")
    ours = [Path(each) for each in probe._to_hide() if Path(each).is_relative_to(shown)]
    names = {each.relative_to(shown).as_posix() for each in ours}
    wanted = {"course/solutions", "course/autograder", "course/.secret", "course/submitted"}
    assert names == wanted | {"course/submitted/ada"}
