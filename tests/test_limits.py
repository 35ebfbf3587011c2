"""The trusted side does little work on the worst input of each kind."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import pickle
import socket
import struct
import sys
import threading
import time
import warnings
import weakref

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save
from support import notebook_with, reference_answers, write_notebook
from typer.testing import CliRunner

from autograder import course
from autograder.cli import app
from autograder.grading import expect
from autograder.grading.checks import Check
from autograder.grading.expect_modules import expect_names
from autograder.grading.run import run_check
from autograder.grading.student import LocalStudent
from autograder.learner import pytest_plugin
from autograder.sandbox.inside import cells, wire
from autograder.sandbox.limits import Budget, Limits
from autograder.submissions import grade, read
from autograder.units.shared import samples
from autograder.units.u08_efficiency.checks import clock, experiment

SECONDS = 2.0  # generous: each takes a hundredth of it, and took many times as long without a limit
UNIT = course.unit("02_masks")


@contextlib.contextmanager
def quickly():
    """Within seconds of processor time."""
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


# What comes over the channel


def received(text: bytes, blob: bytes = b"") -> dict:
    """What the grader makes of a frame of these parts."""
    ours, theirs = socket.socketpair()

    def send():
        with theirs, contextlib.suppress(OSError):
            theirs.sendall(struct.pack(">II", len(text), len(blob)) + text + blob)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        with ours:
            return wire.receive(ours, 60, wire.REPLY)
    finally:
        thread.join()


def tensors(header: dict | bytes, data: bytes = b"") -> bytes:
    """A safetensors file with this header."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header)) + header + data


def entry(*shape: int, size: int = 0) -> dict:
    """A tensor as a header tells it."""
    return {"dtype": "U8", "shape": list(shape), "data_offsets": [0, size]}


def test_a_tensor_of_many_axes_is_refused():
    axes = 40_000
    order = list(range(axes))[::-1]
    text = json.dumps({"value": {"tensor": "t0", "grad": False, "order": order}}).encode()
    with quickly(), pytest.raises(wire.ProtocolError):
        received(text, tensors({"t0": entry(*[1] * axes, size=1)}, b"\0"))


@pytest.mark.parametrize("axes", [wire.MAX_AXES, wire.MAX_AXES + 1])
def test_axes_are_carried_up_to_the_limit(axes):
    beside: dict = {}
    packed = wire.pack(torch.ones([1] * axes), beside)
    assert ("tensor" in packed, len(beside)) == ((True, 1) if axes == wire.MAX_AXES else (False, 0))


MANY = {
    "entries": {f"{i}": entry(0) for i in range(wire.MAX_TENSOR_COUNT + 1)},
    "bytes": {"t" * (wire.MAX_HEADER + 1): entry(0)},
    "escaped": json.dumps({"é" * 9: entry(0)} | {f"é{i}": entry(0) for i in range(5000)}).encode(),
}


@pytest.mark.parametrize("what", MANY)
def test_a_header_is_measured_before_it_is_read(monkeypatch, what):
    monkeypatch.setattr(wire, "load", lambda blob: pytest.fail("it was read"))
    with pytest.raises(wire.ProtocolError):
        received(b"{}", tensors(MANY[what]))


def test_as_many_tensors_as_allowed_arrive():
    blob = save({f"t{i}": torch.ones(()) for i in range(wire.MAX_TENSOR_COUNT)})
    with quickly():
        assert received(b'{"a": {"tensor": "t0"}}', blob) == {"a": torch.ones(())}


@pytest.mark.parametrize("piece", ["0", '{"list":[]}', '{"dict":[]}', '""', "0.5"])
def test_as_many_values_as_fit_are_little_work(piece):
    count = (wire.REPLY.text - 40) // (len(piece) + 1)
    text = '{"ok": true, "value": {"list": [' + ",".join([piece] * count) + "]}}"
    with quickly():
        assert len(received(text.encode())["value"]) == count


# What checks make of it


def test_of_a_large_tensor_the_shape_is_on_record():
    large, small = torch.ones(64, 1 << 18), torch.ones(2, 3)
    with expect.observing() as record:
        for value in (large, small, "x" * 1_000_000):
            with contextlib.suppress(expect.Failed):
                expect.tensor(value, "the output", "B L", (2, 3))
    assert record[0] == "a tensor of (64, 262144)"
    assert torch.equal(record[1], small) and record[1] is not small
    assert len(record[2]) < 100_000


def test_a_message_is_short_whatever_a_learner_calls_things():
    own = torch.nn.Module()
    for i in range(4):
        own.add_module(f"{'a' * 900_000}{i}", torch.nn.Linear(1, 1, bias=False))
    with expect.flagging() as flags, pytest.raises(expect.Failed) as failed:
        expect.flag("b" * 900_000)
        expect_names(LocalStudent({"own": own}).own, {"q_proj.weight": (1,)})
    assert len(failed.value.message) <= 500
    longest = expect.Failed("c" * 900_000)
    for text in (longest.message, str(longest), *flags):
        assert 400 < len(text) <= 500


@pytest.mark.parametrize("kind", [list, tuple, torch.tensor])
def test_more_samples_than_anyone_takes_are_not_looked_at(kind):
    as_many = kind([0.5] * samples.MOST)
    assert len(clock.demand_samples(as_many, "`samples`")) == samples.MOST
    with pytest.raises(expect.Failed, match="should hold at most 10,000 samples; it holds 10,001"):
        clock.demand_samples(kind([0.5] * (samples.MOST + 1)), "`samples`")
    assert samples.numbers(kind([0.5] * (samples.MOST + 1))) is None


class Giant(torch.Tensor):
    """A tensor of which nobody should make a list."""

    def tolist(self):
        pytest.fail("a list was made of it")


def test_giant_tensors_are_no_samples():
    giant = torch.ones(samples.MOST + 1, dtype=torch.int8).as_subclass(Giant)
    assert samples.numbers(giant) is None
    with pytest.raises(expect.Failed):
        clock.demand_samples(giant, "`samples`")


def test_ranks_take_no_time_for_each_pair():
    assert samples._ranks([0.3, 0.1, 0.3, 0.2]) == [2, 0, 2, 1]
    row = [0.001 * ((i * 7919) % 40_009) for i in range(40_009)]
    with quickly():
        assert sorted(samples._ranks(row)) == list(range(40_009))


def test_of_calls_of_attend_little_is_kept():
    attend = experiment._Attend((0,))
    for _ in range(3):
        attend(*(torch.ones(4, 1 << 18) for _ in range(3)))
    assert len(pickle.dumps(attend.calls)) < 2000
    (q, k, _), other = attend.calls[0], torch.zeros(4, 1 << 18)
    assert q == k and q.shape == other.shape and q.digest != experiment._Given.of(other).digest


def test_what_a_check_saw_goes_with_it():
    kept = []

    def fails(student, reference, draw):
        large = torch.ones(3)
        kept.append(weakref.ref(large))
        expect.true(bool(large.sum() == 0), "It is not 0.")

    gc.disable()
    try:
        run = run_check(Check("fails", "causal_mask", "", "", 1, fails), None, 1)
        assert run.failure.message == "It is not 0." and run.failure.__traceback__ is None
        assert kept[0]() is None
    finally:
        gc.enable()


# What is handed in


def notebook(*sources: object) -> dict:
    """A notebook with these code cells."""
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


def of_old(*sources: str) -> dict:
    """A notebook of format 3 with these code cells."""
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [{"x": 1}], "language": "python"}
        | {"collapsed": False, "prompt_number": 1, "input": source}
        for source in sources
    ]
    sheets = [{"cells": cells, "metadata": {}}]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}


TOO_LARGE = {
    "cells": lambda: notebook(*["x"] * (read.MAX_CELLS + 1)),
    "a cell": lambda: notebook("0;" * (read.MAX_CELL // 2 + 1)),
    "a cell in lines": lambda: notebook(["0;\n"] * (read.MAX_CELL // 3 + 1)),
    "code": lambda: notebook(*["\n" * read.MAX_CELL] * 3),
    "values": lambda: notebook("x") | {"more": [[]] * read.MAX_VALUES},
    "cells of an old format": lambda: of_old(*["x"] * (read.MAX_CELLS + 1)),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_a_notebook_of_more_than_anyone_writes_is_not_read(tmp_path, what):
    path = write_notebook(tmp_path / "02_masks.ipynb", TOO_LARGE[what]())
    with quickly(), pytest.raises(read.Unreadable) as refused:
        read.read_notebook(path)
    assert refused.value.kind == "too_large"
    assert refused.value.message.startswith("02_masks.ipynb holds more than ")


def test_of_a_file_no_more_is_read_than_one_may_have(tmp_path):
    path = tmp_path / "02_masks.ipynb"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(read.Unreadable) as refused:
        read.read_notebook(path)
    assert refused.value.kind == "too_large"


def test_of_too_many_cells_few_are_looked_at(tmp_path, monkeypatch):
    seen, tidy = [], read._tidy
    monkeypatch.setattr(read, "_tidy", lambda cell: seen.append(cell) or tidy(cell))
    path = write_notebook(tmp_path / "02_masks.ipynb", notebook(*["x"] * (3 * read.MAX_CELLS)))
    with pytest.raises(read.Unreadable):
        read.read_notebook(path)
    assert len(seen) == read.MAX_CELLS + 1


@pytest.mark.parametrize("text", ["# %%\n" * (read.MAX_CELLS + 1), "# %%\n" + "\n" * (2 << 20)])
def test_a_python_file_is_measured_before_it_is_cut_into_cells(tmp_path, monkeypatch, text):
    import jupytext

    monkeypatch.setattr(jupytext, "reads", lambda *a, **k: pytest.fail("it was cut"))
    path = tmp_path / "answer.py"
    path.write_text(text)
    with pytest.raises(read.Unreadable):
        read.read_notebook(path)


def test_of_a_notebook_of_an_old_format_no_more_is_made_than_its_cells(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    old = of_old("x = 1")
    old["worksheets"] += [{"cells": [], "metadata": {"more": [{}] * 10}}] * 20_000
    path = write_notebook(tmp_path / "02_masks.ipynb", old)
    with quickly():
        assert [cell.source for cell in read.read_notebook(path)[0]] == ["x = 1"]


def test_a_notebook_of_an_old_format_is_read(tmp_path):
    path = write_notebook(tmp_path / "02_masks.ipynb", of_old("x = 1", "y = 2"))
    assert [cell.source for cell in read.read_notebook(path)[0]] == ["x = 1", "y = 2"]


def test_outputs_and_text_do_not_count_as_code(tmp_path):
    handed_in = notebook_with(UNIT, reference_answers(UNIT))
    handed_in["cells"] += [
        {"cell_type": "markdown", "metadata": {}, "source": "x" * (2 * read.MAX_CODE)},
        notebook("1")["cells"][0]
        | {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * (5 << 20)}]},
    ]
    submission = read.read_file(write_notebook(tmp_path / "02_masks.ipynb", handed_in))
    assert not submission.missing


def test_texts_that_nothing_parts_are_counted_too(tmp_path):
    path = tmp_path / "02_masks.ipynb"
    path.write_text("{" + '"' * (3 * read.MAX_VALUES) + "}")
    with quickly(), pytest.raises(read.Unreadable) as refused:
        read.read_notebook(path)
    assert refused.value.kind == "too_large"


@settings(deadline=None, database=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(alphabet='a,"[{\\é\n'),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='b,"[\\'), inner),
    ),
    st.booleans(),
)
def test_values_are_never_counted_short(value, ascii_only):
    def count(value) -> int:
        inner = value.values() if isinstance(value, dict) else value
        return 1 + sum(map(count, inner)) if isinstance(value, (dict, list)) else 1

    text = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert count(value) <= read._values(text) <= 2 * count(value)


def test_the_header_of_a_python_file_does_not_unfold(tmp_path):
    importlib.import_module("jupytext")
    lines = ["---", "jupyter:", f"  a0: &a0 [{'x,' * 10}]"]
    lines += [f"  a{i}: &a{i} [{f'*a{i - 1},' * 10}]" for i in range(1, 9)]
    header = "".join(f"# {line}\n" for line in [*lines, "---"])
    path = tmp_path / "02_masks.py"
    path.write_text(f"{header}\n# %%\nimport torch\n\n# %%\ndef causal_mask(q_len): pass\n")
    with quickly():
        cells, _ = read.read_notebook(path)
    assert [cell.source for cell in cells[-2:]] == ["import torch", "def causal_mask(q_len): pass"]


def test_each_cell_is_parsed_once_however_many_answers_are_missing(monkeypatch):
    parsed = []
    monkeypatch.setattr(read, "defined_names", lambda code: parsed.append(code) or set())
    rebuilt = read.rebuild(UNIT, [read.Cell("code", f"x = {i}") for i in range(9)])
    assert len(rebuilt.missing) == len(UNIT.exercises) > 1
    assert len(parsed) == 9


def test_of_the_options_of_a_cell_in_a_python_file_little_is_looked_at(tmp_path, monkeypatch):
    given, jupytext = [], importlib.import_module("jupytext")
    really = jupytext.reads
    monkeypatch.setattr(
        jupytext, "reads", lambda text, fmt: given.append(text) or really(text, fmt)
    )
    path = tmp_path / "02_masks.py"
    mark = '# %% nbgrader={"grade": false, "grade_id": "causal_mask", "solution": true}'
    path.write_text(f"# %% {'a=' * (read.MAX_CODE - 999)}\nx = 1\n{mark}\ny = 1\n")
    cells, _ = read.read_notebook(path)
    assert max(map(len, given[0].splitlines())) < 2000
    assert [(each.source, each.grade_id) for each in cells] == [
        ("x = 1", None),
        ("y = 1", "causal_mask"),
    ]


def test_an_added_cell_is_parsed_once_for_all_that_is_asked_of_it(monkeypatch):
    parsed, really = [], read.parsed
    monkeypatch.setattr(read, "parsed", lambda code: parsed.append(code) or really(code))
    sources = ["helper = 1\nprint(helper)", "0;" * 999, "%time\nhelper()"]
    answers = [read.Cell("code", each.solution, each.id) for each in UNIT.exercises]
    rebuilt = read.rebuild(UNIT, [*answers, *(read.Cell("code", each) for each in sources)])
    submission = read.from_rebuilt(rebuilt, UNIT)
    assert sorted(parsed) == sorted(sources)
    assert "left out: line 2 of added cell 3" in submission.notices[-1]


def test_places_that_are_not_run_are_no_more_than_are_told(monkeypatch):
    monkeypatch.setattr(read, "defines", lambda statement: asked.append(statement))
    asked: list = []
    assert len(read._look_at("f()\n" * 999)[1]) == len(asked) < 9


def test_code_as_it_is_parsed_says_nothing(recwarn):
    warnings.simplefilter("always")
    code = "x = 0if 0else '\\d'\ny = x is 1\n"
    assert read.defined_names(code) == {"x", "y"}
    assert cells.syntax_error(code) == "" and cells.syntax_error(code + "(") != ""
    assert not recwarn.list


def test_half_a_surrogate_pair_in_a_cell_is_a_question_mark(tmp_path):
    handed_in = notebook_with(UNIT, reference_answers(UNIT))
    handed_in["cells"] += notebook("text = '\ud800'")["cells"]
    path = write_notebook(tmp_path / "02_masks.ipynb", handed_in)
    submission = read.read_file(path)
    assert submission.cells[-1]["code"] == "text = '?'" and not submission.missing


def test_blank_lines_take_no_time_for_each_pair():
    with quickly():
        assert not pytest_plugin._EXERCISE.findall("\n" * 20_000 + " " * 20_000)
    text = '\n\n   "def causal_mask(q_len):\\n",\n\tclass Own:\n"grade_id":  "softmax"'
    found = {name for pair in pytest_plugin._EXERCISE.findall(text) for name in pair}
    assert found == {"causal_mask", "Own", "softmax", ""}


# All of it together; tests/test_local_pool.py has what watches a class


@pytest.mark.parametrize(
    ("budget", "told"),
    [(Budget(seconds=-1), "-1 seconds"), (Budget(megabytes=-9999), "-9999 MiB of memory")],
)
def test_check_ends_with_a_sentence_when_the_budget_is_spent(monkeypatch, budget, told):
    monkeypatch.setattr(grade, "Budget", lambda: budget)
    done = CliRunner().invoke(app, ["check", str(UNIT.source)])
    assert done.exit_code == 2
    assert f"grading took more than {told}" in done.output and "Traceback" not in done.output


def test_whoever_debugs_has_all_the_time(monkeypatch):
    submission = read.read_file(UNIT.source)
    verdict = grade.grade_read(
        submission, "own", ["causal_mask"], in_process=True, budget=Budget(seconds=-1)
    )
    assert verdict.exercises[0].status == "passed"


@pytest.mark.parametrize("unit", course.units().values(), ids=lambda unit: unit.name)
def test_a_submission_whose_every_answer_runs_out_of_time_still_has_a_grade(unit):
    own = {each.id for each in unit.exercises}
    again = sum(not own.isdisjoint(course.prerequisites_of(each)) for each in own)
    processes = 1 + len(own) + again  # the first dies of its cells
    assert 1.5 * processes * Limits().seconds <= Budget().seconds
