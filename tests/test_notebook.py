"""``check``, ``hint``, ``status`` and ``mine`` as a learner calls them."""

import contextlib
import io
import logging
import math
import os
import random
import re
import signal
import time
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
import typer
from IPython.core.formatters import DisplayFormatter
from jupyter_client.manager import start_new_kernel
from support import cell_of, notebook_with, reference_answers, write_notebook
from typer.testing import CliRunner

import autograder
from autograder import cli, course
from autograder.grading import checks, diagnosis, grader
from autograder.grading.draw import FULL
from autograder.grading.expect import Failed
from autograder.grading.run import GraderFault
from autograder.grading.stopwatch import OutOfTime, Stopwatch
from autograder.learner import notebook, workspace

WRONG = "def softmax(scores, dim=-1):\n    return scores.exp() / scores.exp().sum(dim, True)\n"


@pytest.fixture
def names(monkeypatch, empty_workspace):
    """The learner's namespace."""
    namespace = {"__name__": "__main__"}
    exec("import math, torch\nfrom torch import nn", namespace)
    monkeypatch.setattr(notebook, "_namespace", lambda depth: namespace)
    monkeypatch.setattr(notebook, "SEARCH_SECONDS", math.inf)
    return namespace


def test_check_says_what_is_wrong_and_returns_the_points(names, capsys):
    exec(WRONG, names)
    points = autograder.check("softmax", seed=1)
    text = capsys.readouterr().out
    assert 0 < points < 5
    assert "no maximum is subtracted" in text
    assert 'check("softmax", seed=1)' in text


def test_no_bare_number_stands_below_a_verdict(names):
    exec(WRONG, names)
    points = autograder.check("softmax", seed=1)
    shown, _ = DisplayFormatter().format(points)
    assert shown == {"text/plain": str(points + 0), "text/html": ""}


def test_what_an_answer_prints_is_cut_short(names, capsys):
    exec(
        "def softmax(scores, dim=-1):\n    print('first')\n    print('more\\n' * 500)\n"
        "    return scores\n",
        names,
    )
    autograder.check("softmax", seed=1)
    text = capsys.readouterr().out
    assert "first" in text and "0 of 5" in text
    assert text.count("more\n") < 400
    assert re.search(r"\(Your code printed \d{4,} more lines", text)


def test_check_is_repeatable_by_its_seed(names, capsys):
    exec(WRONG, names)
    shown = [(autograder.check("softmax", seed=3), capsys.readouterr().out) for _ in range(2)]
    assert shown[0] == shown[1]


def test_check_before_anything_is_written_says_so(names, capsys):
    assert autograder.check("softmax") == 0
    assert "Nothing called softmax is defined" in capsys.readouterr().out
    exec("def softmax(scores, dim=-1):\n    raise NotImplementedError()", names)
    assert autograder.check("softmax") == 0
    assert "not started yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sofmax", "did you mean softmax?"),
        ("kvcache", "did you mean KVCache?"),
        ("multiheadattention", "did you mean MultiHeadAttention or "),
        ("nothing_like_it", "there are: "),
    ],
)
def test_a_typo_in_an_exercise_gets_what_was_meant(typed, meant):
    with pytest.raises(course.CourseError, match=f"no exercise '{typed}'; {meant}"):
        autograder.check(typed)


def test_errors_are_carried_forward_and_said(names, capsys):
    for exercise in course.unit("01").exercises:
        exec(exercise.solution, names)
    exec(WRONG.replace(".exp()", ""), names)
    own = names["softmax"]
    assert autograder.check("attention") == course.exercise("attention").points
    assert "Graded with the course's softmax in place of yours" in capsys.readouterr().out
    assert names["softmax"] is own


def test_a_forbidden_call_is_named(names, capsys):
    exec("def softmax(scores, dim=-1):\n    return torch.log_softmax(scores, dim).exp()", names)
    assert autograder.check("softmax") == 0
    assert "log_softmax" in capsys.readouterr().out


def test_hints_come_one_at_a_time(empty_workspace, capsys):
    for step in (1, 2, 3, 3):
        autograder.hint("softmax")
        assert f"Hint {step} of 3" in capsys.readouterr().out
    with pytest.raises(course.CourseError, match="hints 1 to 3"):
        autograder.hint("softmax", 4)


def test_status_shows_points_and_hints(names, capsys):
    exec(course.exercise("softmax").solution, names)
    autograder.check("softmax")
    autograder.hint("softmax")
    capsys.readouterr()
    autograder.status()
    (line,) = [each for each in capsys.readouterr().out.splitlines() if " softmax " in each]
    assert line.startswith("✓") and "5 of 5" in line and "1 of 3" in line


def test_mine_gives_the_learner_s_own_work_or_the_reference_and_says_which(empty_workspace, capsys):
    unit = course.unit("01")
    reference = course.reference_namespace(unit.name)["softmax"]
    assert autograder.mine("softmax") is reference
    assert "not there yet" in capsys.readouterr().out
    answers = reference_answers(unit)
    write_notebook(unit.workspace_notebook, notebook_with(unit, answers))
    softmax, scores = autograder.mine("softmax", "scaled_scores")
    assert softmax is not reference and callable(scores)
    assert capsys.readouterr().out == "softmax: yours\nscaled_scores: yours\n"
    write_notebook(unit.workspace_notebook, notebook_with(unit, answers | {"softmax": WRONG}))
    assert autograder.mine("softmax") is reference
    assert "does not pass yet" in capsys.readouterr().out


def test_a_notebook_shows_the_sentence_and_no_traceback_of_ours():
    problem = course.CourseError("there is no such thing")
    assert problem._render_traceback_() == ["CourseError: there is no such thing"]


@contextlib.contextmanager
def gradients_off():
    with torch.no_grad():
        yield


@contextlib.contextmanager
def inference():
    with torch.inference_mode():
        yield


@contextlib.contextmanager
def double_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def another_device():
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)


@contextlib.contextmanager
def inside_a_device():
    with torch.device("meta"):
        yield


@contextlib.contextmanager
def seeded():
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    yield


@contextlib.contextmanager
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@contextlib.contextmanager
def another_folder():
    before = os.getcwd()
    os.chdir("/")
    yield
    os.chdir(before)


@contextlib.contextmanager
def a_deleted_folder():
    before = os.getcwd()
    os.mkdir("gone")
    os.chdir("gone")
    os.rmdir("../gone")
    yield
    os.chdir(before)


STATES = (
    gradients_off,
    inference,
    double_by_default,
    another_device,
    inside_a_device,
    seeded,
    warnings_are_errors,
    another_folder,
    a_deleted_folder,
)


def state():
    """What a learner's kernel is in the middle of."""
    numpy = np.random.get_state()
    return {
        "gradients": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "dtype": torch.get_default_dtype(),
        "device": torch.empty(0).device,
        "random": (torch.get_rng_state().tolist(), random.getstate(), numpy[1].tolist(), numpy[2]),
        "warnings": list(warnings.filters),
        "folder": os.stat(".").st_ino,
    }


UNCLEAN = """
import warnings
def attention(q, k, v):
    torch.set_default_dtype(torch.float64)
    warnings.warn("look")
    torch.rand(3), np.random.rand(3), random.random()
    if os.stat(".").st_nlink:  # there is no way back into a folder that was deleted
        os.chdir("/")
    return clean(q, k, v)
"""


@pytest.mark.parametrize("inside", STATES)
def test_a_kernel_in_any_state_gets_the_same_verdict_and_keeps_its_state(
    names, inside, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for exercise in course.unit("01").exercises:
        exec(exercise.solution, names)
    names |= {"clean": names["attention"], "np": np, "os": os, "random": random}
    exec(UNCLEAN, names)
    with inside():
        before = state()
        points = autograder.check("attention", seed=3)
        assert state() == before
    assert points == course.exercise("attention").points, capsys.readouterr().out


def breaking(exercise, monkeypatch):
    """A check of the exercise that stops whoever is graded."""

    def run(student, reference, draw):
        draw.sizes("B", "B", "B", "B", "B", "B")

    first, *others = checks.checks_of(exercise)
    broken = [replace(first, run=run), *others]
    monkeypatch.setitem(checks._registry, exercise.id, broken)


def test_a_fault_of_the_grader_is_told_as_such(names, monkeypatch, caplog):
    exercise = course.exercise("softmax")
    exec(exercise.solution, names)
    breaking(exercise, monkeypatch)
    with caplog.at_level(logging.ERROR, "autograder"), pytest.raises(GraderFault) as caught:
        autograder.check("softmax", seed=5)
    (line,) = caught.value._render_traceback_()
    assert line.startswith("softmax cannot be graded: the check")
    assert "a fault of the grader and costs no points" in line and "seed 5; ValueError" in line
    assert "draw.py:" in line and caplog.records[0].exc_info
    assert "softmax" not in notebook.workspace.progress()


def test_a_fault_of_the_grader_ends_the_command_line_with_2(empty_workspace, monkeypatch):
    exercise = course.exercise("softmax")
    breaking(exercise, monkeypatch)
    empty_workspace.mkdir()
    answer = empty_workspace / "softmax.py"
    answer.write_text(f"import torch\n{exercise.solution}")
    done = CliRunner().invoke(
        cli.app, ["check", str(answer), "--exercise", "softmax", "--in-process"]
    )
    assert done.exit_code == 2 and "costs no points" in done.output and "0 of" not in done.output


def test_the_command_line_says_the_points_before_it_looks_for_a_name(
    empty_workspace, monkeypatch, capsys
):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    empty_workspace.mkdir()
    answer = empty_workspace / "softmax.py"
    answer.write_text(f"import torch\n{WRONG}")
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    with pytest.raises(typer.Exit):
        cli.check(answer, ["softmax"], seed=1, json_to=None, in_process=True)
    first = "softmax: 3 of 5 points (not yet). Looking for the mistake behind it ...\n"
    assert terminal.getvalue() == first
    assert "no maximum is subtracted" in capsys.readouterr().out


def test_what_only_an_answer_cannot_pass_is_its_own_fault(names, monkeypatch, capsys):
    exercise = course.exercise("softmax")

    def run(student, reference, draw):
        torch.equal(student.softmax(draw.normal(2, 3)), draw.normal(2, 3))

    first, *others = checks.checks_of(exercise)
    monkeypatch.setitem(checks._registry, exercise.id, [replace(first, run=run), *others])
    exec("def softmax(scores, dim=-1):\n    return None", names)
    assert autograder.check("softmax") == 0
    assert "gave back something that this check cannot read." in capsys.readouterr().out
    exec("def softmax(scores):\n    return scores", names)
    assert 0 <= autograder.check("softmax") < exercise.points


ENDLESS = "def softmax(scores, dim=-1):\n    while True:\n        pass"


def test_an_endless_loop_is_out_of_time_and_the_state_stays(names, capsys):
    exec(ENDLESS, names)
    before = state()
    assert autograder.check("softmax", seconds=0.1) == 0
    told = capsys.readouterr().out
    assert "softmax: 0 of 5 points (out of time)" in told
    assert "Stopped after 0.1 seconds without an answer." in told
    assert state() == before
    exec(course.exercise("softmax").solution, names)
    assert autograder.check("softmax") == 5


def test_the_limit_counts_all_calls_together_and_nothing_else():
    stopwatch, left = Stopwatch(60), []
    for _ in range(2):
        with stopwatch.running(), stopwatch.running():
            time.sleep(0.01)
            left.append(signal.getitimer(signal.ITIMER_REAL)[0])
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert 0 < left[1] < left[0] < 60
    with pytest.raises(OutOfTime, match=r"Stopped after 0\.05 seconds"), Stopwatch(0.05).running():
        time.sleep(60)


def test_the_limit_waits_for_what_a_busy_machine_gives_little_time():
    def work(seconds):
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            time.sleep(0.004)
            sum(range(10**5))

    with Stopwatch(0.3).running():
        work(0.12)
    with pytest.raises(OutOfTime), Stopwatch(0.1).running():
        work(0.3)


def test_what_is_interrupted_is_told_in_a_sentence(names, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    names["softmax"] = interrupted
    before = state()
    with pytest.raises(notebook.Interrupted) as caught:
        autograder.check("softmax")
    assert caught.value._render_traceback_() == ["softmax: interrupted, and not graded."]
    assert state() == before and "softmax" not in notebook.workspace.progress()


def test_an_interrupt_of_mine_is_told_in_a_sentence(empty_workspace, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    unit = course.unit("01")
    write_notebook(unit.workspace_notebook, notebook_with(unit, reference_answers(unit)))
    monkeypatch.setattr(notebook.cells, "run", interrupted)
    with pytest.raises(notebook.Interrupted, match="^softmax: interrupted.$"):
        autograder.mine("softmax")


def test_an_interrupt_of_the_search_leaves_the_verdict(names, monkeypatch, capsys):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(diagnosis, "explain", interrupted)
    exec(WRONG, names)
    points = autograder.check("softmax")
    assert 0 < points < 5 and notebook.workspace.progress()["softmax"]["points"] == points
    assert "Interrupted while the mistake behind it was looked for." in capsys.readouterr().out


@pytest.mark.parametrize("patience", [{"seconds": 0.0}, {"runs": 1}])
def test_a_search_that_reaches_its_bound_says_so_and_names_nothing(
    names, monkeypatch, capsys, patience
):
    monkeypatch.setattr(grader, "Patience", lambda seconds: diagnosis.Patience(**patience))
    exec(WRONG, names)
    assert 0 < autograder.check("softmax", seed=1) < 5
    told = capsys.readouterr().out
    assert "The search for the mistake behind it has reached its bound" in told
    assert "Check again, and the search goes on from there." in told
    assert "no maximum is subtracted" not in told


def test_a_failure_is_met_again_and_a_pass_is_tried_on_fresh_inputs(names, monkeypatch):
    seeds = []
    grade_names = notebook.grade_names

    def noting(exercise, namespace, seed, *args):
        seeds.append(seed)
        return grade_names(exercise, namespace, seed, *args)

    monkeypatch.setattr(notebook, "grade_names", noting)
    exec(WRONG, names)
    for _ in range(2):
        autograder.check("softmax")
    assert seeds == [notebook.session_seed()] * 2
    seeds.clear()
    exec(course.exercise("softmax").solution, names)
    for _ in range(2):
        autograder.check("softmax")
    kept, first, kept_again, second = seeds
    assert kept == kept_again == notebook.session_seed() and len({kept, first, second}) == 3


def test_what_fails_on_fresh_inputs_only_fails(names, capsys):
    exec(course.exercise("softmax").solution.replace("def softmax", "def right"), names)
    exec(
        "calls = []\n"
        "def softmax(scores, dim=-1):\n"
        "    calls.append(scores)\n"
        "    return right(scores, dim) if len(calls) <= most else scores",
        names,
    )
    names["most"] = math.inf
    assert autograder.check("softmax", seed=notebook.session_seed()) == 5
    names["most"] = len(names["calls"])
    names["calls"].clear()
    assert autograder.check("softmax") < 5
    assert f"seed={notebook.session_seed()})" not in capsys.readouterr().out


def test_misconceptions_are_run_once_in_a_session(names, monkeypatch):
    exec("def softmax(scores, dim=-1):\n    return scores.exp()", names)
    autograder.check("softmax")
    run = diagnosis.run_check
    ran = []
    monkeypatch.setattr(diagnosis, "run_check", lambda *args: ran.append(args) or run(*args))
    exec("def softmax(scores, dim=-1):\n    return 1.0 * scores.exp()", names)
    autograder.check("softmax")
    assert not ran


def test_earlier_work_is_judged_without_a_search(names, monkeypatch):
    for exercise in course.unit("01").exercises:
        exec(exercise.solution, names)
    exec(WRONG.replace(".exp()", ""), names)
    searches = []
    monkeypatch.setattr(diagnosis, "explain", lambda *args: searches.append(args) or {})
    assert autograder.check("attention") == course.exercise("attention").points
    assert not searches


def test_a_search_for_a_name_that_fails_costs_the_verdict_nothing(names, monkeypatch, caplog):
    monkeypatch.setattr(diagnosis, "explain", lambda *args: 1 / 0)
    exec(WRONG, names)
    with caplog.at_level(logging.ERROR, "autograder"):
        assert 0 < autograder.check("softmax") < 5
    assert "no name is looked for: softmax" in caplog.text


def test_smaller_inputs_on_which_a_check_stops_are_passed_over(names, monkeypatch, capsys):
    plain = grader.run_check

    def stopping(check, student, seed, level=FULL, luck=0):
        run = plain(check, student, seed, level, luck)
        return replace(run, failure=Failed("no"), error=ValueError())

    monkeypatch.setattr(grader, "run_check", stopping)
    exec("def softmax(scores, dim=-1):\n    return scores", names)
    autograder.check("softmax", seed=1)
    assert "Wrong values" in capsys.readouterr().out


def test_what_the_command_line_checks_counts_for_status(empty_workspace):
    unit = course.unit("01")
    answers = notebook_with(unit, reference_answers(unit))
    own = write_notebook(unit.workspace_notebook, answers)
    elsewhere = write_notebook(empty_workspace / "a_copy.ipynb", answers)
    command = ["check", "--exercise", "softmax", "--in-process"]
    assert CliRunner().invoke(cli.app, [*command, str(elsewhere)]).exit_code == 0
    assert workspace.progress() == {}
    assert CliRunner().invoke(cli.app, [*command, str(own)]).exit_code == 0
    assert workspace.progress()["softmax"]["points"] == course.exercise("softmax").points


def test_status_tells_of_exercises_that_have_changed(names, capsys):
    unit = course.unit("01")
    copy = notebook_with(unit, reference_answers(unit))
    copy["cells"].append({"cell_type": "markdown", "id": "x", "metadata": {}, "source": ["Mine"]})

    def told(cells):
        write_notebook(unit.workspace_notebook, copy | {"cells": cells})
        autograder.status()
        return re.findall(
            "Changed since your copy was made: (.*)\\. The new", capsys.readouterr().out
        )

    cells, softmax = copy["cells"], cell_of(copy, "softmax")
    task = cells.index(softmax) - 1
    assert told(cells) == []
    assert told([each for each in cells if each is not softmax]) == []
    older = cells[task] | {"id": "older", "source": ["As it was."]}
    assert told([*cells[:task], older, *cells[task + 1 :]]) == ["softmax"]
    marks = {"nbgrader": softmax["metadata"]["nbgrader"] | {"checksum": "older"}}
    assert told([*cells[: task + 1], softmax | {"metadata": marks}, *cells[task + 2 :]]) == [
        "softmax"
    ]


def test_the_command_line_s_status_says_what_that_of_a_notebook_says(names, capsys, monkeypatch):
    asked = ("99_asks", 1, 1, 2)
    monkeypatch.setattr(notebook.updates, "sentences", lambda: ["softmax has changed."])
    monkeypatch.setattr(notebook.predictions, "summary", lambda: [asked])
    autograder.status()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["softmax has changed.", notebook.predictions.sentence(asked)]
    assert CliRunner().invoke(cli.app, ["status"]).output.splitlines() == lines


def test_mine_says_what_became_of_a_notebook(empty_workspace, monkeypatch, capsys):
    unit = course.unit("01")
    path, answers = unit.workspace_notebook, reference_answers(unit)
    write_notebook(course.lesson_copy(unit.name), notebook_with(unit, {}))
    autograder.mine("softmax")
    assert "yours is not there yet" in capsys.readouterr().out
    renamed = write_notebook(path.with_name("mine.ipynb"), notebook_with(unit, answers))
    autograder.mine("softmax")
    assert "there is no 01_single_head.ipynb, only mine.ipynb: give yours that name again" in (
        capsys.readouterr().out
    )
    renamed.unlink()
    write_notebook(path, notebook_with(unit, answers | {"softmax": WRONG}))
    notebook.workspace.record("softmax", 5, 5)
    autograder.mine("softmax")
    assert "yours has passed, but not as saved: save 01_single_head.ipynb" in (
        capsys.readouterr().out
    )
    monkeypatch.setattr(notebook, "SECONDS", 0.1)
    write_notebook(path, notebook_with(unit, answers | {"softmax": ENDLESS + "\nsoftmax(1)"}))
    autograder.mine("softmax")
    assert "a cell of yours does not end within 0.1 seconds" in capsys.readouterr().out
    path.write_text("no notebook")
    autograder.mine("softmax")
    assert "softmax: the course's (" in capsys.readouterr().out


def test_mine_gives_the_reference_where_the_grader_is_at_fault(
    empty_workspace, monkeypatch, capsys
):
    unit, exercise = course.unit("01"), course.exercise("softmax")
    write_notebook(unit.workspace_notebook, notebook_with(unit, reference_answers(unit)))
    breaking(exercise, monkeypatch)
    assert autograder.mine("softmax") is course.reference_namespace(unit.name)["softmax"]
    assert "a fault of the grader" in capsys.readouterr().out


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Runs a cell in a real kernel; gives its messages as pairs (type, content) and its reply."""
    folder = tmp_path_factory.mktemp("kernel")
    manager, client = start_new_kernel(cwd=str(folder))

    def run(code, when_it_prints=None):
        messages = []

        def hear(message):
            messages.append((message["msg_type"], message["content"]))
            if when_it_prints and message["msg_type"] == "stream":
                when_it_prints(manager)

        reply = client.execute_interactive(code, timeout=60, output_hook=hear)
        return [each for each in messages if each[0] not in ("status", "execute_input")], reply

    begun = (
        "import math, torch\nfrom pathlib import Path\nfrom autograder import check, course\n"
        "from autograder.learner import notebook\nnotebook.SEARCH_SECONDS = 60\n"
        f"course.WORKSPACE = Path({str(folder)!r})"
    )
    run(begun)
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def page_of(messages):
    """The HTML of a verdict that stands in the notebook in the end."""
    pages = [content["data"].get("text/html") for _, content in messages]
    return [each for each in pages if each][-1]


@pytest.mark.slow
def test_a_kernel_shows_the_verdict_first_and_then_its_name_in_the_same_place(kernel):
    messages, _ = kernel(f"{WRONG}\ncheck('softmax', seed=1);")
    assert [kind for kind, _ in messages] == ["display_data", "update_display_data"]
    (_, first), (_, last) = messages
    assert first["transient"] == last["transient"]
    assert "3 of 5" in page_of(messages[:1]) and "Looking for the mistake" in page_of(messages[:1])
    assert "no maximum is subtracted" not in page_of(messages[:1])
    assert "no maximum is subtracted" in page_of(messages)
    assert "Looking for" not in page_of(messages)


@pytest.mark.slow
def test_a_kernel_outlives_an_endless_loop_and_an_interrupt(kernel):
    messages, reply = kernel(f"kept = 1\n{ENDLESS}\ncheck('softmax', seconds=0.2);")
    assert reply["content"]["status"] == "ok"
    assert "Stopped after 0.2 seconds without an answer." in page_of(messages)
    assert re.search("your cell, line [34]", page_of(messages)) and len(messages) == 1
    code = f"{ENDLESS.replace('while', 'print(1, flush=True)' + chr(10) + '    while')}"
    messages, reply = kernel(f"{code}\ncheck('softmax')", lambda kernel: kernel.interrupt_kernel())
    assert reply["content"]["status"] == "error"
    ((_, error),) = [each for each in messages if each[0] == "error"]
    assert error["traceback"] == ["softmax: interrupted, and not graded."]
    messages, reply = kernel("assert kept == 1\ncheck('sofmax')")
    assert reply["content"]["traceback"] == [
        "CourseError: there is no exercise 'sofmax'; did you mean softmax?"
    ]


@pytest.mark.slow
def test_a_kernel_tells_that_a_cell_did_not_define_what_is_graded(kernel):
    solution = course.exercise("softmax").solution
    kernel(solution)
    kernel("def softmax(scores, dim=-1:\n    pass")
    messages, _ = kernel("check('softmax');")
    shown = page_of(messages)
    assert "The last cell that you ran to define softmax is not valid Python" in shown
    assert "what is graded here is what an earlier one defined" in shown and "5 of 5" in shown
    kernel(f"1 / 0\n{solution}")
    assert "define softmax stopped before that" in page_of(kernel("check('softmax');")[0])
    for cell in (solution, f"{solution}\n1 / 0", f"softmax = (lambda f: f)(softmax)\n{solution}"):
        kernel(cell)
        assert "The last cell" not in page_of(kernel("check('softmax');")[0])
    kernel("del softmax")
    kernel("def softmax(scores, dim=-1:\n    pass")
    shown = page_of(kernel("check('softmax');")[0])
    assert "is not valid Python" in shown and "Nothing called softmax is defined" in shown
