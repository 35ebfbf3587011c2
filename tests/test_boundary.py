"""What is mounted into the sandbox is the folder ``inside``, all of it and nothing besides."""

import ast
import sys
from pathlib import Path

import pytest

from autograder.sandbox import bubblewrap
from autograder.sandbox.limits import Limits
from autograder.sandbox.link import Link

INSIDE = Path(bubblewrap.__file__).parent / "inside"
PACKAGE = INSIDE.parent.parent
FILES = sorted(INSIDE.glob("*.py"))
NAMES = [file.name for file in FILES]


def binds() -> list[tuple[str, str]]:
    """What bubblewrap binds: where a file comes from, and where it is seen."""
    line = bubblewrap.command("bwrap", [])
    places = [i for i, option in enumerate(line) if "-bind" in option]
    return [(line[i + 1], line[i + 2]) for i in places]


def test_the_folder_is_what_is_mounted():
    seen = {target: source for source, target in binds() if target.startswith(bubblewrap.INSIDE)}
    assert seen == {f"{bubblewrap.INSIDE}/{file.name}": str(file) for file in FILES}
    assert {path.name for path in INSIDE.iterdir()} - {"__pycache__"} == set(NAMES)


def test_nothing_else_of_the_package_is_mounted():
    sources = [Path(source) for source, _ in binds()]
    assert sorted(path for path in sources if path.is_relative_to(PACKAGE)) == FILES


def imported(source: str) -> set[str]:
    """Top-level names that a source imports when it runs; a relative one begins with a dot."""
    names = set()
    for node in _that_run(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or "").split(".")[0])
    return names


def _that_run(node: ast.AST):
    """The nodes below this one, except those that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _that_run(child)


@pytest.mark.parametrize(
    "line",
    [
        "import autograder.course",
        "from autograder import course",
        "def f():\n    from autograder.sandbox.inside import wire",
        "try:\n    from .. import course\nexcept ImportError: pass",
        "from .wire import pack",
        "if not TYPE_CHECKING:\n    import autograder",
    ],
)
def test_an_import_of_the_package_is_seen(line):
    assert imported(line) & {"autograder", "..", ".wire"}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_mounted_imports_nothing_of_the_package(name):
    names = imported((INSIDE / name).read_text(encoding="utf-8"))
    neighbours = {file.stem for file in FILES}
    installed = {"torch", "numpy", "safetensors", "landlock"}
    assert names <= sys.stdlib_module_names | installed | neighbours


LOOK = """
import os

def listed(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return None

def opens(path):
    try:
        open(path).close()
        return True
    except OSError:
        return False
"""


def test_a_submission_sees_these_files_and_no_others():
    others = ["link.py", "PROTOCOL.md", "../autograder/course.py", "../link.py", "wire.pyc"]
    with Link(Limits()) as link:
        cell = {"id": "look", "code": LOOK, "define_only": False}
        assert link.begin([cell], {}, "") == [None]

        def ask(function: str, path: str):
            return link.call(function, (path,), {}, False)["value"]

        opened = [name for name in NAMES + others if ask("opens", f"{bubblewrap.INSIDE}/{name}")]
        listed = ask("listed", bubblewrap.INSIDE)
    mounted = NAMES if bubblewrap.usable() else []
    assert opened == mounted
    assert listed is None or listed == mounted
