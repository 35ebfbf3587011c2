"""What is installed: the lists of requirements agree, and the wheel holds the whole package."""

import ast
import itertools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder import course

ROOT = course.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
OWNERS = metadata.packages_distributions()
PACKAGES = {"autograder": ROOT / "autograder", "attnlab": ROOT / "lessons" / "attnlab"}
# Rooms that are of use only with an extra, and what they may import besides the dependencies.
ROOMS = {
    "autograder/authoring": ("class", "dev", "book"),
    "autograder/classroom": ("class",),
    "autograder/learner/home.py": ("lab",),
    "autograder/learner/lab.py": ("lab",),
    "autograder/learner/pytest_plugin.py": ("dev",),
    "attnlab/glassllm.py": ("models",),
    "attnlab/meanings.py": ("models",),
    "attnlab/head_groups.py": ("models",),
    "attnlab/minilm.py": ("models",),
    "attnlab/relations.py": ("models",),
    "attnlab/smollm2.py": ("models",),
    "attnlab/chat.py": ("models",),
}


def files():
    """Every file of the packages by its name in a wheel."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for name, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


# Requirements


def by_text(requirements):
    """Requirements in one spelling."""
    return sorted(str(Requirement(each)).lower() for each in requirements)


def test_requirements_are_the_dependencies_and_all_extras():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith(("#", "-e"))]
    declared = [*PROJECT["dependencies"], *(each for extra in EXTRAS.values() for each in extra)]
    assert by_text(listed) == by_text(declared)
    assert len(set(by_text(listed))) == len(listed)
    assert lines[-1] == "-e ."


def test_every_requirement_has_a_range():
    for text in by_text(PROJECT["dependencies"]):
        assert "<" in text, text


def imported(path):
    """Packages that a file imports, the standard library left out, as on the index."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module)
    tops = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    ours = {*PACKAGES, *(each.stem for each in PACKAGES["autograder"].glob("sandbox/inside/*.py"))}
    return {canonicalize_name(owner) for top in tops - ours for owner in OWNERS.get(top, [top])}


def test_what_a_module_imports_is_required():
    seen = set()
    for name, path in files().items():
        if path.suffix == ".py":
            names = imported(path)
            assert names <= allowed_in(name), name
            seen |= names
    assert {"torch", "msgspec", "nbgrader", "distributed"} <= seen


def allowed_in(name):
    """Packages that a file of that name may import."""
    rooms = [extras for room, extras in ROOMS.items() if name.startswith(room)]
    lists = [PROJECT["dependencies"], *(EXTRAS[extra] for extras in rooms for extra in extras)]
    return {canonicalize_name(Requirement(each).name) for each in itertools.chain(*lists)}


def test_the_citation_is_of_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == PROJECT["version"]


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the sources: builds leave folders behind."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in PACKAGES.values():
        shutil.copytree(folder, source / folder.relative_to(ROOT), ignore=ignored)
    pip("wheel", str(source), "--no-build-isolation", "-w", str(source / "wheels"))
    (path,) = (source / "wheels").glob("*.whl")
    return path


def pip(command, *arguments):
    """Run pip without the network."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, "--no-deps", "--no-index", "-q", *arguments],
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel in it, and nothing else."""
    target = tmp_path_factory.mktemp("target")
    pip("install", "--target", str(target), str(wheel))
    return target


def run(installed, cwd, code, *arguments, **variables):
    """Run code with the installed package: this checkout is not on the path.

    Without ``site`` (-S) the environment's own link to the checkout is not there either, nor is
    ``sys.prefix`` the environment's.
    """
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    path = [str(installed), *sorted(libraries)]
    start = (
        f"import sys\nsys.path[:0] = {path!r}\nsys.prefix = sys.exec_prefix = {sys.prefix!r}\n"
        "import autograder\n"
        f"assert autograder.__file__.startswith({str(installed)!r}), autograder.__file__\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + code, *arguments],
        cwd=cwd,
        env={key: value for key, value in os.environ.items() if "AUTOGRADER" not in key}
        | variables,
        capture_output=True,
        text=True,
        timeout=240,
    )


COMMAND = "import runpy\nrunpy.run_module('autograder', run_name='__main__', alter_sys=True)"


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == set(files())
    for name in ("sandbox/inside/server.py", "sandbox/PROTOCOL.md", "py.typed"):
        assert f"autograder/{name}" in names


@pytest.mark.slow
def test_the_wheel_says_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode("utf-8").splitlines()
    needed = [line.split(": ", 1)[1] for line in lines if line.startswith("Requires-Dist: ")]
    assert by_text(each for each in needed if "extra ==" not in each) == by_text(
        PROJECT["dependencies"]
    )
    assert {"Provides-Extra: class", "Provides-Extra: lab"} <= set(lines)


@pytest.mark.slow
def test_every_module_of_the_wheel_can_be_imported(installed, tmp_path):
    modules = sorted(
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in files()
        if name.endswith(".py")
    )
    code = (
        "import importlib, json\n"
        "places = [importlib.import_module(each).__file__ for each in sys.argv[1:]]\n"
        "print(json.dumps(places))"
    )
    place = {"AUTOGRADER_COURSE": str(ROOT), "MPLBACKEND": "agg"}
    done = run(installed, tmp_path, code, *modules, **place)
    assert done.returncode == 0, done.stderr[-3000:]
    places = json.loads(done.stdout.splitlines()[-1])
    assert len(places) == len(modules) > 80
    assert all(Path(each).is_relative_to(installed) for each in places)


@pytest.mark.slow
def test_the_wheel_grades_a_submission_of_a_course_elsewhere(installed, tmp_path):
    sample = ROOT / "tests/samples/submitted/ben/01_single_head/01_single_head.ipynb"
    arguments = ["check", str(sample), "--exercise", "softmax", "--seed", "1", "--json", "-"]
    done = run(installed, tmp_path, COMMAND, *arguments, AUTOGRADER_COURSE=str(ROOT))
    assert done.returncode == 1, done.stderr
    (exercise,) = json.loads(done.stdout)["exercises"]
    assert (exercise["id"], exercise["status"]) == ("softmax", "failed")
    assert {each["misconception"] for each in exercise["checks"]} == {None, "unstable_softmax"}


@pytest.mark.slow
def test_the_lessons_package_finds_the_results_that_come_with_the_course(installed, tmp_path):
    code = "from attnlab import kept, smollm2\nkept.load('quality')\nsmollm2.reference_logits()"
    done = run(installed, tmp_path, code, AUTOGRADER_COURSE=str(ROOT), MPLBACKEND="agg")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_wheel_without_a_course_says_so(installed, tmp_path):
    done = run(installed, tmp_path, COMMAND, "status")
    assert done.returncode == 2
    assert "no course is in" in done.stderr and "AUTOGRADER_COURSE" in done.stderr
