"""A kit: what learners get of the course, without a solution or a misconception that can be read.

Learners check themselves against the same reference as here, but compiled: it can be run, and taken
apart by who knows how, but not read. Compiled code is of one version of Python.
"""

from __future__ import annotations

import base64
import functools
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .. import course
from ..course import ROOT, CourseError, Exercise, Unit
from ..grading import compiled, misconceptions
from . import colab_cell

_COPIED = ("autograder", "exercises", "lessons")
_FILES = ("LICENSE", "pyproject.toml")
# Beside bytecode: sources of lessons, which hold the same as their notebooks, and the exercises of
# unit 00 with their solutions.
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "[0-9][0-9]_*.py", "*.egg-info")
_MISCONCEPTIONS = shutil.ignore_patterns("misconceptions", "misconceptions.py")
_OWN = Path(__file__).parent / "kit_files"
# Code for a module, also inside the sandbox, where nothing of the course can be imported.
_LOADS = f"""{course.SOLUTION_MARK}
import base64, marshal, sys, zlib
_code = {{}}["{{{{}}}}.{{{{}}}}".format(*sys.version_info)]
exec(marshal.loads(zlib.decompress(base64.b85decode(_code)))[0])"""


def write(folder: Path, pythons: Iterable[str], say: Callable[[str], None]) -> None:
    """Write a kit.

    Args:
        folder: where to; it is made, or is empty.
        pythons: interpreters that the kit is made for beside the running one.
        say: called with a line about each step.

    Raises:
        CourseError: the folder holds something, or an interpreter does not compile the course.
    """
    course.needs_sources()
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(f"{folder} is not empty: name a new folder")
    by_version = {_version_of(python): python for python in (*pythons, sys.executable)}
    with tempfile.TemporaryDirectory() as scratch:
        jobs = Path(scratch) / "jobs.json"
        jobs.write_text(json.dumps(_jobs()), encoding="utf-8")
        made: dict[str, Path] = {}
        for version, python in by_version.items():
            say(f"Compiling for Python {version}, about a minute")
            made[version] = Path(scratch) / version
            made[version].mkdir()
            _run(python, Path(__file__).with_name("compiling.py"), jobs, made[version])
        say(f"Writing {folder}")
        _copy(folder)
        for unit in course.units().values():
            _write_source(unit, folder, made)
            _write_misconceptions(unit, folder, made)
    (folder / "kit" / "pythons.txt").write_text("\n".join(made) + "\n", encoding="utf-8")


def _run(*command: str | Path) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as problem:
        raise CourseError(f"{command[0]} cannot be started: {problem.strerror}") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it gives no reason"])[-1]
        raise CourseError(f"{command[0]} cannot compile the course: {last}")
    return done.stdout


def _version_of(python: str) -> str:
    version = _run(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
    if tuple(map(int, version.split("."))) < (3, 11):
        raise CourseError(f"{python} is Python {version}; the course needs 3.11 or newer")
    return version


def _jobs() -> dict[str, list[str]]:
    """What is to be compiled, by the name of its file."""
    jobs = {}
    for exercise in course.exercises().values():
        singles = misconceptions.singles(exercise)
        jobs[exercise.id] = [exercise.solution]
        jobs[f"{exercise.id}.singles"] = [each.source for each in singles]
        jobs[f"{exercise.id}.pairs"] = [source for _, source in _pairs(exercise)]
    return jobs


@functools.cache
def _pairs(exercise: Exercise) -> list[tuple[tuple[int, int], str]]:
    """The sources of two misconceptions at once, with the numbers of the two."""
    singles = misconceptions.singles(exercise)
    found = []
    for (i, a), (j, b) in itertools.combinations(enumerate(singles), 2):
        if a.names != b.names and (both := misconceptions.pair(exercise, i, j)):
            found.append(((i, j), both.source))
    return found


def _copy(folder: Path) -> None:
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=_left_out)
    for notebook in folder.rglob("*.ipynb"):
        colab_cell.forget_address(notebook)
    for path in [*(ROOT / name for name in _FILES), *_OWN.iterdir()]:
        shutil.copy(path, folder)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "smoke.py", folder / "tests" / "test_smoke.py")
    (folder / "requirements.txt").write_text(_requirements(), encoding="utf-8")


def _left_out(folder: str, names: list[str]) -> set[str]:
    of_units = Path(folder).is_relative_to(ROOT / "autograder" / "units")
    return _LEFT_OUT(folder, names) | (_MISCONCEPTIONS(folder, names) if of_units else set())


def _requirements() -> str:
    """What learners need: the course, JupyterLab, the real models, and pytest to try the kit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    tests = [each for each in extras["dev"] if each.startswith("pytest")]
    return "\n".join([*extras["lab"], *extras["models"], *tests, "-e .", ""])


def _write_source(unit: Unit, folder: Path, made: Mapping[str, Path]) -> None:
    """The source of a unit, with compiled solutions in place of those to read."""
    text = unit.source.read_text(encoding="utf-8")
    for exercise in unit.with_points:
        if exercise.by_hand:
            solution, told = _commented(exercise.solution), f"# {course.SOLUTION_MARK}"
        else:
            code = {version: (made[version] / exercise.id).read_bytes() for version in made}
            solution, told = exercise.solution, _LOADS.format(_packed(code))
        if text.count(solution) != 1:
            raise CourseError(f"{unit.source} does not hold the solution of {exercise.id} once")
        text = text.replace(solution, told)
    inside = unit.source.relative_to(ROOT)
    path = folder / (inside if unit.is_lesson else Path("kit", *inside.parts[1:]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _packed(code: Mapping[str, bytes]) -> dict[str, str]:
    return {version: base64.b85encode(zlib.compress(code[version])).decode() for version in code}


def _commented(markdown: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in markdown.split("\n"))


def _write_misconceptions(unit: Unit, folder: Path, made: Mapping[str, Path]) -> None:
    path = folder / "autograder" / "units" / f"u{unit.name}" / compiled.FILE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as kept:
        for exercise in unit.exercises:
            singles = misconceptions.singles(exercise)
            known = misconceptions.misconceptions_of(exercise).values()
            told = {
                "texts": [(each.name, each.says, each.asks) for each in known],
                "names": [each.names[0] for each in singles],
                "fails": [each.fails[0] for each in singles],
                "pairs": [numbers for numbers, _ in _pairs(exercise)],
            }
            kept.writestr(f"{exercise.id}.json", json.dumps(told))
            for version, place in made.items():
                for what in ("singles", "pairs"):
                    code = (place / f"{exercise.id}.{what}").read_bytes()
                    kept.writestr(compiled.member(exercise.id, version, what), code)
