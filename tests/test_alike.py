"""Whose answers are alike: copies are listed, independent answers are not, and nothing stops it."""

import ast
import itertools
import random
import re
import subprocess

import pytest
from class_folders import ClassFolder
from support import ANSWERS, GRADED_UNITS, reference_answers
from test_class_page import of, roll_of
from test_reports import HOSTILE

from autograder import course
from autograder.classroom import alike, class_page

UNIT = course.unit("02_masks")


def independent(unit):
    """Right answers to a unit that were written independently, each used once."""
    pools = [
        [_without_remarks(path.read_text("utf-8")) for path in sorted(folder.glob("right_*.py"))]
        for each in unit.exercises
        if (folder := ANSWERS / each.id).is_dir()
    ]
    return ["\n".join(answers) for answers in zip(*filter(None, pools), strict=False)]


def _without_remarks(code):
    return "\n".join(line for line in code.splitlines() if not line.startswith("# "))


def disguised(code, word="_again"):
    """The same with other local names, no comments, other spaces, and in another order."""
    tree = ast.parse(code)
    assigned = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in assigned:
            node.id += word
    parts = [ast.unparse(each) for each in tree.body]
    random.Random(5).shuffle(parts)
    return "\n\n\n# mine\n".join(parts)


def class_of(unit):
    """Code by learner: independent answers, and learners who all wrote the course's own."""
    plain = "\n".join(reference_answers(unit)[each.id] for each in unit.exercises)
    code = independent(unit)
    return dict(enumerate([*code, *[plain] * max(4, 9 - len(code))]))


def named(code):
    return {f"s{who}": text for who, text in code.items()}


@pytest.mark.parametrize("name", GRADED_UNITS)
def test_copies_are_listed_and_independent_answers_are_not(name):
    unit = course.unit(name)
    code, given = class_of(unit), alike._given(unit)
    assert alike.pairs_of(given, code.values()) == []
    copies = [disguised(code[0]), disguised(code[0], "_too")]
    found = alike.pairs_of(given, [*code.values(), *copies])
    first, second = len(code), len(code) + 1
    assert {(i, j) for _, i, j in found} == {(0, first), (0, second), (first, second)}
    assert all(0.5 < share <= 1 for share, _, _ in found)


def test_what_most_of_a_class_wrote_makes_nobody_alike():
    code = [independent(UNIT)[0]] * 40 + independent(UNIT)[1:]
    assert alike.pairs_of(alike._given(UNIT), code) == []


def test_a_class_is_compared_in_a_process():
    code = named(class_of(UNIT)) | {"eve": disguised(class_of(UNIT)[0])}
    found = alike.compare(UNIT, code | {"gone": None, "long": "x = 1\n" * 20_000})
    assert [(each.one, each.other) for each in found.pairs] == [("s0", "eve")]
    assert "1 submissions not compared, as their autograded notebook is gone." in found.says
    assert "1 submissions not compared, as they are too long." in found.says


def test_what_cannot_be_compared_says_so(monkeypatch):
    code = named(class_of(UNIT))
    few = dict(itertools.islice(code.items(), 3))
    assert "from 8 submissions on" in alike.compare(UNIT, few).says
    assert "are gone" in alike.compare(UNIT, dict.fromkeys(code)).says
    assert "are gone" in alike.compare(UNIT, {}).says
    assert "more than 0.001 seconds" in alike.compare(UNIT, code, seconds=0.001).says

    def refused(*args, **options):
        raise OSError

    monkeypatch.setattr(subprocess, "run", refused)
    assert alike.compare(UNIT, code) == alike.Alike(says="Nothing was compared: OSError.")


ODD = (
    *(
        "",
        "\0",
        "\ud800",
        "'" * 15_000,
        "(" * 30_000,
        "\\\n" * 15_000,
        "f'{" * 10_000,
        "é" * 30_000,
    ),
    *("def f(:", '"""', "0" * 30_000, "a.b." * 7_000, "\r" * 30_000),
)


def test_whatever_learners_write_is_compared():
    code = named(class_of(UNIT)) | {"eve": disguised(class_of(UNIT)[0])}
    found = alike.compare(UNIT, code | {f"odd{i}": text for i, text in enumerate(ODD)})
    assert ("s0", "eve") in [(each.one, each.other) for each in found.pairs]
    assert found.says == ""


def test_the_page_lists_pairs_without_names_if_they_are_hidden():
    known = roll_of(of("ann", others=2.0), of("ben", others=1.0), of("eve"))
    pairs = alike.Alike((alike.Pair("eve", "ann", 0.75),), "1 more pairs.")
    page = class_page.class_page(UNIT, known, False, pairs)
    said = re.sub(r"<[^>]*>", "", page.split("<h2>Alike</h2>")[1].split("<h2>")[0])
    assert "eve and ann:" in said and "75 %" in said and "1 more pairs." in said
    assert "not evidence" in said and "ben" not in said
    hidden = class_page.class_page(UNIT, known, True, pairs)
    assert "learner 3 and learner 1:" in hidden and not re.search(r"\b(ann|eve)\b", hidden)
    assert "<h2>Alike" not in class_page.class_page(UNIT, known)
    assert "No pair." in class_page.class_page(UNIT, known, False, alike.Alike())


def test_names_in_pairs_are_escaped():
    known = roll_of(*map(of, HOSTILE))
    pairs = tuple(alike.Pair(one, HOSTILE[0], 0.6) for one in HOSTILE)
    page = class_page.class_page(UNIT, known, False, alike.Alike(pairs))
    assert page.replace("\n", "").isprintable() and "<b>&amp;amp;" not in page


@pytest.mark.slow
def test_a_graded_class_is_compared_by_its_autograded_notebooks(tmp_path, monkeypatch):
    from autograder.cli import app

    folder = ClassFolder(tmp_path, 9)
    code = {each.id: sorted((ANSWERS / each.id).glob("right_*.py")) for each in UNIT.exercises}
    answers = {name: _without_remarks(paths[0].read_text("utf-8")) for name, paths in code.items()}
    folder.hand_in("ann", answers)
    folder.hand_in("eve", {name: disguised(text) for name, text in answers.items()})
    said = folder.grade()
    assert said[0] == 0, said
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "reports" / UNIT.name / "class.html"
    app(["report", UNIT.name], standalone_mode=False)
    listed = re.findall(r"<li>(\w+) and (\w+):", page.read_text("utf-8"))
    assert listed == [("ann", "eve")]
    for path in tmp_path.glob(f"autograded/*/{UNIT.name}/*.ipynb"):
        path.unlink()
    app(["report", UNIT.name], standalone_mode=False)
    assert "Nothing could be compared" in page.read_text("utf-8")
