"""``predict`` as a learner meets it: buttons in a live notebook, folded answers elsewhere."""

import json
import re

import pytest

import autograder
from autograder import course
from autograder.authoring import build
from autograder.learner import notebook, predictions

QUESTION = ("rows", "Which *sums* of `w` are 1?", {"every row": "So it is.", "every column": "No."})


def buttons_of(widget):
    return {each.description: each for each in widget.children[1:-1]}


def test_a_choice_is_explained_and_the_first_one_is_kept(empty_workspace):
    widget = predictions.widget(*QUESTION, right="every row")
    assert "<em>sums</em> of <code>w</code>" in widget.children[0].value
    buttons_of(widget)["every column"].click()
    assert "Not this." in widget.children[-1].value
    buttons_of(widget)["every row"].click()
    assert "Right." in widget.children[-1].value and "So it is." in widget.children[-1].value
    assert predictions.answers() == {"rows": {"choice": "every column", "right": False}}
    again = predictions.widget(*QUESTION, right="every row")
    assert buttons_of(again)["every column"].icon == "times"
    assert "Not this." in again.children[-1].value


def test_an_unwritable_or_broken_file_stops_nobody(empty_workspace, monkeypatch):
    empty_workspace.mkdir()
    file = empty_workspace / ".predictions.json"
    file.write_text('{"predictions": {"rows": 3}}')
    assert predictions.answers() == {}
    file.unlink()
    file.mkdir()
    buttons_of(predictions.widget(*QUESTION, right="every row"))["every row"].click()
    assert predictions.answers() == {}


def test_a_right_answer_that_cannot_be_chosen_is_refused():
    with pytest.raises(course.CourseError, match="'rows'.: 'both' is none of the choices"):
        autograder.predict(*QUESTION, right="both")


def test_in_a_terminal_the_question_is_printed(capsys):
    autograder.predict(*QUESTION, right="every row")
    assert capsys.readouterr().out.split("\n")[1] == "  - every row"


@pytest.mark.slow
def test_in_a_kernel_it_is_a_widget_and_in_a_built_lesson_it_is_folded(tmp_path):
    lesson = tmp_path / "99_asks.py"
    lesson.write_text(
        '# %% [markdown]\n# # 99. Asks\n# %% jupyter={"source_hidden": true}\n'
        "from autograder import predict\n"
        f"predict(*{QUESTION!r}, right='every row')\n"
        "# %%\nimport os\ndel os.environ['AUTOGRADER_STATIC']\n"
        f"predict(*{QUESTION!r}, right='every row')\n"
    )
    made = build.execute(build.lesson_notebook(lesson))
    assert made.cells[1].metadata.jupyter.source_hidden
    (static,), (live,) = (cell.outputs for cell in made.cells[1:])
    folded = static.data["text/html"]
    assert folded.count("<details") == len(QUESTION[2]) and "So it is." in folded
    assert "application/vnd.jupyter.widget-view+json" in live.data


def test_names_of_questions_are_unique():
    sources = [path.read_text(encoding="utf-8") for path in build.LESSONS.glob("[0-9][0-9]_*.py")]
    names = [name for text in sources for name in re.findall(r'predict\(\s*"(\w+)"', text)]
    assert len(names) == len(set(names))


def test_status_counts_predictions(empty_workspace, monkeypatch, tmp_path, capsys):
    course.units(), course.exercises()  # read from the course itself, before
    (tmp_path / "lessons").mkdir()
    asks = {"cell_type": "code", "source": 'predict(\n    "rows",\n)\npredict("more")\n'}
    (tmp_path / "lessons" / "99_asks.ipynb").write_text(json.dumps({"cells": [asks]}))
    monkeypatch.setattr(predictions.course, "ROOT", tmp_path)
    buttons_of(predictions.widget(*QUESTION, right="every row"))["every row"].click()
    autograder.status()
    assert "99_asks: 1 of 2 predictions made, 1 right at first" in capsys.readouterr().out


def test_an_explanation_comes_with_all_points_and_before_only_when_confirmed(
    monkeypatch, empty_workspace, capsys
):
    namespace = {"__name__": "__main__"}
    monkeypatch.setattr(notebook, "_namespace", lambda depth: namespace)
    with pytest.raises(course.CourseError, match="not passed yet.*anyway=True"):
        autograder.explain("softmax")
    autograder.explain("softmax", anyway=True)
    why = course.exercise("softmax").explanation
    assert why in capsys.readouterr().out
    exec("import torch\n" + course.exercise("softmax").solution, namespace)
    autograder.check("softmax")
    assert 'explain("softmax")' in capsys.readouterr().out
    autograder.explain("softmax")
    assert why in capsys.readouterr().out


def test_every_graded_exercise_has_an_explanation():
    bare = [each.id for each in course.exercises().values() if not each.explanation]
    assert bare == ["weighted_average"]
