"""How verdicts look, in HTML and on a terminal: hostile text stays text, piped text stays plain."""

import io
import math
import re
import sys
import types
from html.parser import HTMLParser
from pathlib import Path

import attnlab.looks
import jinja2
import pytest
import torch
from attnlab import Picture, table
from typer.testing import CliRunner

from autograder import cli, course
from autograder.classroom import report, roll
from autograder.classroom.standing import of_verdict
from autograder.grading import expect
from autograder.grading.expect import Counterexample
from autograder.grading.record import to_json
from autograder.grading.render import looks, terminal
from autograder.grading.render.html import exercise_html, notices_html
from autograder.grading.render.shown import Window
from autograder.grading.render.text import exercise_text, submission_lines, submission_text
from autograder.grading.render.wording import Styled
from autograder.grading.verdict import CheckVerdict, ExerciseVerdict, SubmissionVerdict
from autograder.learner import notebook
from autograder.sandbox import probe, processes
from autograder.submissions import grade
from autograder.submissions.result import Result

ESCAPE, BELL, OVERRIDE, ISOLATE = "\x1b", "\x07", "\u202e", "\u2066"
HOSTILE = (
    f"<script>alert(1)</script>\" onload='a()' {ESCAPE}[2J{BELL}{OVERRIDE}{ISOLATE} &amp; "
    "`<b>` [red]red[/red] [link=file:///x]y[/link] :smile:"
)
CLEANED = re.sub(f"[{ESCAPE}{BELL}{OVERRIDE}{ISOLATE}]", "\N{REPLACEMENT CHARACTER}", HOSTILE)
COLOURS = re.compile(r"\x1b\[([0-9;]*)m")
TEMPLATES = sorted(
    path.name.removesuffix(".html.jinja")
    for path in (Path(looks.__file__).parent / "templates").iterdir()
)
PIECES = ("class_head", "figures", "style")


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def hostile_verdict(text: str = HOSTILE) -> ExerciseVerdict:
    """A verdict with this text wherever a learner might have a say."""
    example = Counterexample("w", (text, text), torch.zeros(2, 2), torch.ones(2, 2), (1, 0))
    words = {"message": text, "asks": text, "diagnosis": text, "where": text}
    words |= {"misconceptions": ("the_same",)}
    checks = [
        CheckVerdict("shown", f"1 {text}", 0.0, 2.0, False, counterexample=example, **words),
        CheckVerdict("again", f"2 {text}", 0.0, 1.0, False, **words),
        CheckVerdict("right", f"3 {text}", 1.0, 1.0, True),
    ]
    return ExerciseVerdict(text, text, 1.0, 4.0, "failed", checks, (text, text), (text,))


def hostile_submission(text: str = HOSTILE) -> SubmissionVerdict:
    return SubmissionVerdict(text, [hostile_verdict(text)], 7, "full", "abc", notices=[text, "odd"])


def hostile_pages() -> dict[str, str]:
    """HTML of every kind that shows what a learner wrote."""
    submission = hostile_submission()
    verdict = exercise_html(submission.exercises[0])
    notes = notices_html(submission.notices)
    result = Result("key", submission.record(), {"exercise": verdict}, notes)
    page = report.page(HOSTILE, result, of_verdict(result.verdict))
    return {"verdict": verdict, "notices": notes, "report": page}


class Terminal(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch):
    """Call a function and give what it prints on a narrow terminal with colours."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "30", "LINES": "20"}.items():
        monkeypatch.setenv(name, value)

    def printed(function, *args):
        screen = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", screen)
            patch.setattr(sys, "stderr", screen)
            function(*args)
        return screen.getvalue()

    return printed


# HTML


@pytest.mark.parametrize("kind", ["verdict", "notices", "report"])
def test_what_a_learner_wrote_is_text_and_nothing_else(kind):
    page = Elements(hostile_pages()[kind])
    ours = {"div", "b", "i", "span", "code", "table", "caption", "tr", "th", "td"}
    head = {"html", "head", "meta", "title", "body", "h1", "p"}
    assert {tag for tag, _ in page.elements} <= (ours | head if kind == "report" else ours)
    allowed = {"style", "lang", "charset", "http-equiv", "content"}
    assert {name for _, attributes in page.elements for name in attributes} <= allowed
    assert CLEANED in page.text
    assert page.text.replace("\n", "").isprintable()


def test_every_part_of_a_verdict_is_shown_as_it_was_written():
    plain, hostile = (Elements(exercise_html(hostile_verdict(text))) for text in ("TEXT", HOSTILE))
    # In prose the backticks themselves become an element.
    shown = hostile.text.replace(CLEANED.replace("`", ""), CLEANED)
    assert shown == plain.text.replace("TEXT", CLEANED)
    assert plain.text.count("TEXT") == 19
    elements = [each for each in hostile.elements if each[0] != "code"]
    assert elements == plain.elements


def test_backticks_become_code_and_what_is_in_them_stays_text():
    page = looks.template("hint").render(head="Hint", body="a `<b>` & `x", is_code=False)
    assert "a <code>&lt;b&gt;</code> &amp; `x</div>" in page


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name not in PIECES])
def test_a_template_without_its_values_is_an_error(name):
    with pytest.raises(jinja2.UndefinedError):
        looks.template(name).render()


@pytest.mark.parametrize("missing", ["head", "body", "is_code"])
def test_a_template_without_one_of_its_values_is_an_error(missing):
    values = {"head": "Hint", "body": "text", "is_code": True}
    assert looks.template("hint").render(values)
    del values[missing]
    with pytest.raises(jinja2.UndefinedError, match=missing):
        looks.template("hint").render(values)


@pytest.mark.parametrize("name", ["picture", "table"])
def test_a_template_of_the_lessons_without_its_values_is_an_error(name):
    with pytest.raises(jinja2.UndefinedError):
        attnlab.looks.page(name)


def test_pages_need_no_style_sheet():
    for page in hostile_pages().values():
        assert not re.search(r"<style|<link|<script|class=", page)


def test_pictures_and_tables_of_the_lessons_keep_text_as_text():
    picture = Elements(Picture(b"png", HOSTILE, HOSTILE)._repr_html_())
    assert [tag for tag, _ in picture.elements] == ["figure", "img", "figcaption"]
    assert picture.elements[1][1] == {"alt": HOSTILE, "src": "data:image/png;base64,cG5n"}
    assert picture.text.strip() == HOSTILE
    shown = Elements(table([[HOSTILE, 1]], [HOSTILE, "n"], HOSTILE)._repr_html_())
    tags = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert {tag for tag, _ in shown.elements} == tags
    assert shown.text.count(HOSTILE) == 3


def test_a_window_is_cut_out_around_the_largest_difference():
    expected = torch.arange(600).reshape(2, 20, 15)
    got = expected.clone()
    got[1, 18, 2] = -1
    example = Counterexample("w", ("B", "L_q", "L_k"), expected, got, (1, 18, 2))
    check = CheckVerdict("c", "says", 0.0, 1.0, False, "Wrong.", counterexample=example)
    verdict = ExerciseVerdict("id", "title", 0.0, 1.0, "failed", [check])
    text, page = exercise_text(verdict), exercise_html(verdict)
    for shown in (text, page):
        assert "At B 1, L_q 18, L_k 2: expected 572, got -1." in shown
        assert "L_q 12" in shown and "L_q 11" not in shown and "L_q 19" in shown
    assert "[-1]" in text
    first = [
        attributes
        for tag, attributes in Elements(page).elements
        if "outline" in attributes.get("style", "")
    ]
    assert len(first) == 2


ALLOWED = "In float64, 1e-10 of the largest value may differ."


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.13436421, 0.13436424), f"expected 0.13436421, got 0.13436424. {ALLOWED}"),
        ((2e-5, 2.0001e-5), f"expected 2e-05, got 2.0001e-05. {ALLOWED}"),
        ((0.5, 0.75), "expected 0.500, got 0.750."),
    ],
)
def test_the_largest_difference_is_told_with_as_many_digits_as_show_it(numbers, said):
    expected, got = (torch.tensor([each], dtype=torch.float64) for each in numbers)
    with pytest.raises(expect.Failed) as failed:
        expect.close(got, expected, "w", "d")
    window = Window(failed.value.counterexample)
    assert window.sentence() == f"At d 0: {said}"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1.1, 2.0, 5.0], "At L_q 1, L_k 2: expected 9.000, got 5.000."),
        ([-8.0, 2.0, 10.0], "At L_q 1, L_k 0: expected 1.000, got -8.000."),
        ([9.0, math.nan, math.inf], "At L_q 1, L_k 1: expected 2.000, got nan."),
        ([0.0, 1.0, 8.0], "At L_q 1, L_k 0: expected 1.000, got 0.000."),
    ],
)
def test_the_value_that_is_shown_is_the_one_that_differs_most(row, said):
    expected = torch.tensor([[math.inf, 0.0, 4.0], [1.0, 2.0, 9.0]])
    got = torch.tensor([[math.inf, 0.01, 4.0], row])
    with pytest.raises(expect.Failed) as failed:
        expect.close(got, expected, "w", "L_q L_k")
    assert Window(failed.value.counterexample).sentence() == said


def test_a_notebook_shows_html(monkeypatch, empty_workspace):
    names = {"softmax": lambda scores, dim=-1: scores}
    history = types.SimpleNamespace(input_hist_parsed=[])
    shell = types.SimpleNamespace(user_ns=names, kernel=None, history_manager=history)
    shown = []

    def display(page, display_id):
        shown.append(page)
        return types.SimpleNamespace(update=lambda page: shown.append(shown.pop() and page))

    monkeypatch.setattr("autograder.learner.screen.shell", lambda: shell)
    monkeypatch.setattr("IPython.display.display", display)
    notebook.check("softmax", seed=1)
    notebook.hint("softmax", 3)
    notebook.status()
    verdict, hint, status = (Elements(each._repr_html_()) for each in shown)
    assert verdict.text.endswith('The same inputs again: check("softmax", seed=1)\n')
    assert hint.elements[1] == (
        "div",
        {"style": "white-space:pre-wrap;margin:.3em 0;font-family:monospace"},
    )
    assert course.exercise("softmax").hints[2] in hint.text
    assert len([tag for tag, _ in status.elements if tag == "tr"]) == 1 + len(
        course.all_exercises()
    )
    assert repr(shown[2]).startswith(notebook.status_text())


# Text


def test_text_has_no_control_characters():
    for text in (
        exercise_text(hostile_verdict()),
        submission_text(hostile_submission()),
    ):
        assert CLEANED in text and text.replace("\n", "").isprintable()


def test_the_class_report_has_no_control_characters():
    record = hostile_submission().record()
    result = Result("key", record, {}, "")
    known = roll.Class({record.submission: result}, {record.submission: of_verdict(record)}, {})
    text = report.class_text(course.unit("01"), known)
    assert f"\nFor a person to look at:\n  {CLEANED}, {CLEANED}: {CLEANED}" in text


# The command line


def check_on_command_line(monkeypatch):
    verdict = hostile_submission()
    monkeypatch.setattr(grade, "grade", lambda *args, **kwargs: verdict)
    return submission_text(verdict)


def test_piped_text_is_plain(monkeypatch, empty_workspace):
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = check_on_command_line(monkeypatch)
    run = CliRunner().invoke
    assert run(cli.app, ["check", "x.ipynb", "--in-process"]).output == text + "\n"
    said = "\n".join([notebook.status_text(), *notebook.status_sentences()])
    assert run(cli.app, ["status"]).output == said + "\n"
    for step in ("1", "2", "3"):
        hint = notebook.hint_text("softmax", int(step))
        assert run(cli.app, ["hint", "softmax", "--step", step]).output == hint + "\n"


def test_piped_json_is_the_record_alone(monkeypatch):
    check_on_command_line(monkeypatch)
    done = CliRunner().invoke(cli.app, ["check", "x.ipynb", "--in-process", "--json", "-"])
    assert done.output == to_json(hostile_submission().record()) + "\n"


@pytest.mark.parametrize("missing", [{}, {"files": "it can read what the grader can"}])
def test_piped_the_doctor_says_a_line_for_each_layer(monkeypatch, missing):
    monkeypatch.setattr(processes, "missing_layers", lambda: missing)
    done = CliRunner().invoke(cli.app, ["doctor"])
    lines = done.output.splitlines()
    assert done.exit_code == (1 if missing else 0)
    state = "MISSING: it can read what the grader can" if missing else "holds   "
    assert lines[0] == f"files         {state} {probe.LAYERS['files']}"
    assert lines[5] == f"limits        holds    {probe.LAYERS['limits']}"
    assert lines[6] == f"Confinement: {'partial' if missing else 'full'}."
    assert lines[7:] == ([probe.ADVICE] if missing else [])


def test_on_a_terminal_the_same_text_has_colours(on_terminal):
    shown = on_terminal(terminal.say, *submission_lines(hostile_submission()))
    assert COLOURS.search(shown)
    assert COLOURS.sub("", shown) == submission_text(hostile_submission()) + "\n"


def test_on_a_terminal_every_hint_is_as_it_was_written(on_terminal):
    hints = [hint for each in course.exercises().values() for hint in each.hints]
    shown = on_terminal(terminal.say, *map(Styled, hints))
    assert COLOURS.sub("", shown) == "\n".join(hints) + "\n"


def test_no_color_is_respected(on_terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    shown = on_terminal(terminal.say, *submission_lines(hostile_submission()))
    codes = {code for codes in COLOURS.findall(shown) for code in codes.split(";")}
    assert codes == {"0", "1", "3"}  # none, bold and italic


def test_a_table_on_a_narrow_terminal_is_neither_cut_nor_wrapped(on_terminal):
    cells = ("name", HOSTILE, "a state of some length")
    rows = [("failed", cells), ("", ("b", "c", "d"))]
    shown = on_terminal(terminal.say_table, ("layer", "", "state"), rows, "text")
    lines = COLOURS.sub("", shown).splitlines()
    assert [line.split() for line in lines] == [
        ["layer", "state"],
        ["name", *CLEANED.split(), *cells[2].split()],
        ["b", "c", "d"],
    ]


def test_complaints_cannot_steer_a_terminal(on_terminal):
    shown = on_terminal(cli._complain, HOSTILE)
    assert COLOURS.sub("", shown) == f"autograder: {CLEANED}\n"


def test_an_exception_cannot_pass_for_lines_of_a_verdict():
    forged = "causal_mask: 4 of 4 points (passed)"
    check = CheckVerdict("a", "holds", 0.0, 4.0, False, f"ValueError: \n\n{forged}\n", where="x")
    text = exercise_text(ExerciseVerdict("causal_mask", "A mask", 0.0, 4.0, "error", [check]))
    assert [line for line in text.splitlines() if line.startswith("causal_mask")] == [
        "causal_mask: 0 of 4 points (stopped with an exception)"
    ]
