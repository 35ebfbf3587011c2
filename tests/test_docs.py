"""What the documents name is there: files, commands, and the words of a check."""

import re

import pytest
from typer.main import get_command

from autograder import course
from autograder.authoring import build
from autograder.authoring.syllabus import syllabus
from autograder.cli import app
from autograder.grading import expect, expect_modules
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

GUIDE = "docs/checks.md"
DOCUMENTS = sorted(
    path.relative_to(course.ROOT).as_posix()
    for folder in (".", "docs", "autograder/sandbox", "tests/answers")
    for path in (course.ROOT / folder).glob("*.md")
)

WORKFLOWS = [
    path.relative_to(course.ROOT).as_posix()
    for path in sorted((course.ROOT / ".github" / "workflows").glob("*.yml"))
]


def text_of(name):
    """The text of a document."""
    return (course.ROOT / name).read_text(encoding="utf-8")


def test_the_documents_are_there():
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", GUIDE} < set(DOCUMENTS)


def test_the_syllabus_is_that_of_the_lessons_and_exercises():
    told = text_of("docs/syllabus.md")
    assert told == syllabus(build.LESSONS), "run 'python -m autograder build 00_start_here'"
    assert all(f"| `{each}` |" in told for each in course.all_exercises())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_linked_is_there(name):
    folder = (course.ROOT / name).parent
    links = re.findall(r"\]\(([^)#]+)\)", text_of(name))
    missing = [link for link in links if "://" not in link and not (folder / link).exists()]
    assert not missing


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_named_as_a_file_is_there(name):
    """Paths in code marks; capital letters and NN stand for anything."""
    roots = (course.ROOT, course.ROOT / "autograder", course.ROOT / "autograder" / "sandbox")
    named = re.findall(r"`((?:[\w.]+/)+[\w.]+/?)`", text_of(name))
    made = r"[A-Z]{2}|uNN|^(build|reports|gradescope|workspace)/"
    kept = [each for each in named if not re.search(made, each)]
    missing = [each for each in kept if not any((root / each).exists() for root in roots)]
    assert not missing


@pytest.mark.parametrize("name", [*DOCUMENTS, *WORKFLOWS])
def test_what_make_is_told_to_make_it_can(name):
    rules = re.findall(r"^([\w -]+):", text_of("Makefile"), re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    asked = re.findall(r"(?:`|    |run: )make ([a-z][\w-]*)", text_of(name))
    assert set(asked) <= targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_commands_of_the_command_line_are_there(name):
    commands = set(re.findall(r"python -m autograder (\w+)", text_of(name)))
    assert commands <= set(get_command(app).commands)


def test_the_guide_names_what_a_check_can_use():
    places = {"draw": Draw, "expect": expect, "student": Student}
    named = set(re.findall(r"\b(draw|expect|student)\.([a-z]\w*)\b", text_of(GUIDE)))
    fields = {"changed", "limited"}
    learners = {name for name in course.exercises()} | {"measure", "attention", "causality_test"}
    for place, word in named:
        is_known = hasattr(places[place], word) or place == "student" and word in fields | learners
        assert is_known or word == "py", f"{place}.{word}"
    for word in re.findall(r"`(twins|\w+_\w+)`", text_of(GUIDE).split("expect_modules.py")[1]):
        assert hasattr(expect_modules, word), word
    assert len(named) > 25


def test_the_guide_tells_of_every_way_to_draw_and_to_ask():
    guide = text_of(GUIDE)
    for owner, place in ((Draw, "draw"), (Student, "student")):
        for word in vars(owner):
            if not word.startswith("_") and callable(getattr(owner, word)):
                assert f"{place}.{word}" in guide
