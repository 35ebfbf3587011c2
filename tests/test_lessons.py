"""Every lesson, run from its source in a kernel of its own, and looked at as its readers do."""

import ast
import base64
import hashlib
import io
import re
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import numpy as np
import pytest
import support
from PIL import Image

from autograder import course
from autograder.authoring import build

LESSONS = sorted(build.LESSONS.glob("[0-9][0-9]_*.py"))
# Of work, not by the clock: what else runs on the machine must not count.
SECONDS = 90
PEAK_BYTES = 2 * 2**30
LINES_PER_CELL = 42

# Runs before the lesson: the network ends at this machine, the learner's workspace is elsewhere.
BEFORE = """
import socket as _socket, pathlib as _pathlib
from autograder import course as _course
_course.WORKSPACE = _pathlib.Path({workspace!r})

def _refuse(call, *address):
    raise OSError(f"a lesson asked the network: {{call}} {{address}}")

def _guard(name):
    real = getattr(_socket.socket, name)
    def connect(self, address):
        here = isinstance(address, (str, bytes)) or address[0] in ("127.0.0.1", "::1", "localhost")
        return real(self, address) if here else _refuse(name, address)
    setattr(_socket.socket, name, connect)

_guard("connect")
_guard("connect_ex")
_socket.getaddrinfo = _socket.gethostbyname = lambda *a, **k: _refuse("look-up", *a)
"""
# Runs after it. On Linux ru_maxrss would begin at the size of the process that started the kernel.
AFTER = """
import os as _os, pathlib as _pathlib, re as _re, resource as _resource, sys as _sys
print(sum(_os.times()[:4]))
_status = _pathlib.Path("/proc/self/status")
if _status.exists():
    print(int(_re.search(r"VmHWM:\\s+(\\d+) kB", _status.read_text())[1]) * 1024)
else:
    _peak = _resource.getrusage(_resource.RUSAGE_SELF).ru_maxrss
    print(_peak if _sys.platform == "darwin" else _peak * 1024)
"""


class Images(HTMLParser):
    """Collects the attributes of the images of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


def run(lesson, workspace):
    """The executed notebook of a lesson, and of its kernel the seconds of work and peak memory.

    It runs where the learner's copy of it lies.
    """
    notebook = build.lesson_notebook(lesson)
    before = nbformat.v4.new_code_cell(BEFORE.format(workspace=str(workspace)))
    notebook.cells = [before, *notebook.cells, nbformat.v4.new_code_cell(AFTER)]
    folder = workspace / lesson.stem
    folder.mkdir(parents=True, exist_ok=True)
    build.execute(notebook, folder)
    seconds, peak = map(float, notebook.cells[-1].outputs[0].text.split())
    notebook.cells = notebook.cells[1:-1]
    return notebook, seconds, peak


def outputs_of(notebook):
    """Pairs (number of the cell, output)."""
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            yield number, output


def pages_of(notebook):
    """Pairs (number of the cell, HTML) of outputs and of Markdown cells."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield number, cell.source
    for number, output in outputs_of(notebook):
        if page := output.get("data", {}).get("text/html"):
            yield number, page


def noise(notebook):
    """Cells that write to stderr or end in an error."""
    for number, output in outputs_of(notebook):
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"cell {number}: {output.get('text') or output.get('evalue')}"


def bad_pictures(notebook):
    """Pictures without a text, shown twice, or with something cut off at an edge."""
    seen = {}
    for number, output in outputs_of(notebook):
        if bare := [kind for kind in output.get("data", {}) if kind.startswith("image/")]:
            yield f"cell {number}: a picture without a text ({bare[0]}); use attnlab.show"
    for number, page in pages_of(notebook):
        for image in Images(page).found:
            if not (image.get("alt") or "").strip():
                yield f"cell {number}: a picture without a text"
            png = base64.b64decode(image["src"].removeprefix("data:image/png;base64,"))
            first = seen.setdefault(hashlib.sha256(png).digest(), number)
            if first != number:
                yield f"cell {number}: the picture of cell {first} once more"
            pixels = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
            if min(edge.min() for edge in (pixels[[0, -1]], pixels[:, [0, -1]])) < 200:
                yield f"cell {number}: something is cut off at the edge of the picture"


def without_machine(notebook):
    """Pictures that do not say where their numbers were measured."""
    for number, page in pages_of(notebook):
        for image in Images(page).found:
            if "Measured on: " not in image["alt"]:
                yield f"cell {number}: {image['alt'][:60]}"


def local_paths(notebook):
    """Outputs that tell where they were made."""
    folders = {course.ROOT, Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())}
    places = [str(each) + "/" for each in folders if each != Path(each.anchor)]
    for number, output in outputs_of(notebook):
        text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", str(output))
        yield from (f"cell {number}: {place}" for place in places if place in text)


ASKS = re.compile(r"\bmine\(\"")
ASKING = [path for path in LESSONS[1:] if ASKS.search(path.read_text(encoding="utf-8"))]


def desk(kind, folder):
    """The exercises of a learner who has solved all, none, or each of them wrongly."""
    for unit in [each for each in course.units().values() if each.released.exists()]:
        answers = {
            "solved": support.reference_answers,
            "unsolved": lambda unit: {},
            "wrong": lambda unit: support.wrong_submissions(unit)["wrong00"],
        }[kind](unit)
        path = folder / unit.name / f"{unit.name}.ipynb"
        support.write_notebook(path, support.notebook_with(unit, answers))


def names_in(statement, context):
    """Names that a statement loads or binds."""
    names = {
        each.id
        for each in ast.walk(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, context)
    }
    if context is ast.Store:
        names |= {getattr(statement, "name", None)}
        aliases = getattr(statement, "names", []) if is_import(statement) else []
        names |= {(each.asname or each.name).split(".")[0] for each in aliases}
    return names


def is_import(statement):
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def with_all_it_needs(statements, wanted):
    """The statements that satisfy ``wanted``, and those that bind what they load."""
    needed, kept = set(), []
    for statement in reversed(statements):
        if wanted(statement) or needed & names_in(statement, ast.Store):
            kept.insert(0, statement)
            needed |= names_in(statement, ast.Load)
    return ast.Module(kept, [])


def asks_for_earlier_work(statement):
    """Whether it calls `mine` here and now."""
    later = isinstance(statement, (ast.FunctionDef, ast.ClassDef))
    calls = [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
    return not later and any(getattr(call.func, "id", "") == "mine" for call in calls)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["solved", "unsolved", "wrong"])
@pytest.mark.parametrize("lesson", ASKING, ids=lambda path: path.stem)
def test_a_lesson_gets_earlier_work_from_every_desk(lesson, kind, empty_workspace, capsys):
    """Only what asks for it, where the lesson does: under a default device, or in a `with`."""
    desk(kind, empty_workspace)
    cells = course.read_percent(lesson.read_text(encoding="utf-8"))
    code = ast.parse("\n".join(cell.text for cell in cells if cell.kind == "code"))
    asking = with_all_it_needs(code.body, asks_for_earlier_work)
    exec(compile(asking, lesson.name, "exec"), {"__name__": "__lesson__"})
    said = re.findall(r"^\w+: (yours|the course's)", capsys.readouterr().out, re.MULTILINE)
    assert set(said) == {"yours" if kind == "solved" else "the course's"}


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["solved", "wrong"])
@pytest.mark.parametrize("lesson", ASKING, ids=lambda path: path.stem)
def test_a_lesson_runs_with_every_desk(lesson, kind, tmp_path):
    desk(kind, tmp_path / "workspace")
    notebook, _, _ = run(lesson, tmp_path / "workspace")
    assert list(noise(notebook)) == []


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_offline_quickly_and_quietly(lesson, tmp_path):
    notebook, seconds, peak = run(lesson, tmp_path / "workspace")
    assert list(noise(notebook)) == []
    assert list(bad_pictures(notebook)) == []
    assert list(local_paths(notebook)) == []
    if lesson.stem == "08_efficiency":
        assert list(without_machine(notebook)) == []
    assert seconds < SECONDS
    assert peak < PEAK_BYTES


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_source_of_a_lesson_reads_well(lesson):
    notebook = build.lesson_notebook(lesson)
    assert notebook.cells[0].cell_type == "markdown"
    assert re.match(r"# \d+\. \S", notebook.cells[0].source), "the first cell is no title"
    lines = {n: cell.source.count("\n") + 1 for n, cell in enumerate(notebook.cells)}
    code = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    assert {n: lines[n] for n in code if lines[n] > LINES_PER_CELL} == {}
    assert [n for n, cell in enumerate(notebook.cells) if not cell.source.strip()] == []


NUMBERS = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty
"""
WORDS = {word: number for number, word in enumerate(NUMBERS.split(), 1)}
WORDS |= {"twenty-five": 25, "thirty": 30}
PLANNED = [path for path in LESSONS if not path.stem.startswith("00")]


def planned_minutes(lesson):
    """The minutes that a lesson says it takes, and those of its sections."""
    text = lesson.read_text(encoding="utf-8").replace("\n# ", " ")
    goals = re.findall(r"\*Goal:.*?([\w-]+) minutes[.,]", text)
    table = re.findall(r"\| \d+ \|[^|]+\| (\d+) \|", text)
    (plan,) = re.findall(r"Plan (\d+) minutes", text)
    return int(plan), [WORDS.get(each.lower()) or int(each) for each in goals + table]


@pytest.mark.parametrize("lesson", PLANNED, ids=lambda path: path.stem)
def test_the_minutes_of_the_sections_add_up(lesson):
    plan, sections = planned_minutes(lesson)
    assert len(sections) > 5
    assert sum(sections) == plan


def test_lesson_00_says_how_long_units_take():
    """To the nearest half hour, the lesson and all exercises."""
    text = (build.LESSONS / "00_start_here.py").read_text(encoding="utf-8")
    rows = re.findall(r"\| (\d\d) \| .* \| (\w+) exercises \| (\w+)( and a half)? hours \|", text)
    said = {unit: (WORDS[count], WORDS[full] + bool(half) / 2) for unit, count, full, half in rows}
    taken, total = {}, 0
    for lesson in PLANNED:
        exercises = course.unit(lesson.stem).with_points
        minutes = planned_minutes(lesson)[0] + sum(each.minutes for each in exercises)
        taken[lesson.stem[:2]] = (len(exercises), round(minutes / 30) / 2)
        total += minutes
    assert said == taken
    assert f"About {round(total / 60)} hours in all" in text


def test_the_network_is_closed_to_a_lesson(tmp_path):
    """The guard itself: a lesson that asks the network fails."""
    lesson = tmp_path / "99_fetches.py"
    lesson.write_text(
        "# %%\nimport urllib.request\nurllib.request.urlopen('http://192.0.2.1/', timeout=5)\n"
    )
    with pytest.raises(course.CourseError, match="a lesson asked the network"):
        run(lesson, tmp_path)


def test_every_fault_of_a_notebook_is_found():
    """The readers of this file, on a notebook that has every fault."""
    dots = io.BytesIO()
    Image.fromarray(np.zeros((3, 3), dtype=np.uint8)).save(dots, "png")
    data = base64.b64encode(dots.getvalue()).decode()
    outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="a warning"),
        nbformat.v4.new_output("display_data", {"image/png": data}),
        nbformat.v4.new_output(
            "display_data", {"text/html": f'<img alt=" " src="data:image/png;base64,{data}">'}
        ),
        nbformat.v4.new_output("stream", text=f"{course.ROOT}/lessons"),
    ]
    cells = [nbformat.v4.new_code_cell("1", outputs=outputs) for _ in range(2)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert list(noise(notebook)) == ["cell 0: a warning", "cell 1: a warning"]
    assert len(list(local_paths(notebook))) >= 2
    found = " ".join(bad_pictures(notebook))
    assert "cell 1: the picture of cell 0 once more" in found
    assert "without a text (image/png)" in found and "cut off" in found
