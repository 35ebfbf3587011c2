"""Starting the course on a bare machine: which Python, which environment, which sentence."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import bootstrap

SCRIPT = Path(bootstrap.__file__)


def fake_python(folder, name, version, able=True):
    """A program that answers the probe like an interpreter of that version."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "{version} {int(able)}"\necho "{path}"\n')
    path.chmod(0o755)
    return str(path)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A course folder, with a space in its path, that needs no packages; set up once."""
    folder = tmp_path_factory.mktemp("desktop") / "my course"
    (folder / "autograder").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "autograder")
    (folder / "requirements.txt").write_text("")
    (folder / "pyproject.toml").write_text("")
    first = start(folder, "setup")
    assert first.returncode == 0, first.stderr
    assert [line[:6] for line in first.stdout.splitlines()[:2]] == ["1 of 3", "2 of 3"]
    return folder


def start(root, *arguments, **variables):
    """Run the course folder's bootstrap from another folder."""
    return subprocess.run(
        [sys.executable, str(root / "autograder" / "bootstrap.py"), *arguments],
        cwd=root.parent,
        env=os.environ | {"PIP_NO_INDEX": "1"} | variables,  # nothing here needs a package
        capture_output=True,
        text=True,
        timeout=120,
    )


posix = pytest.mark.skipif(os.name == "nt", reason="fake interpreters are shell scripts")


@posix
def test_an_old_python_is_told_what_to_do(tmp_path):
    old = fake_python(tmp_path, "python3", "3 8")
    with pytest.raises(bootstrap.Stop) as stop:
        bootstrap.find_python([old, "no-such-python"])
    assert stop.value.code == 3
    assert f"only Python 3.8 ({old}) was found" in stop.value.sentence
    assert "python.org" in stop.value.sentence and "\n" not in stop.value.sentence


@posix
def test_a_new_python_is_found_behind_an_old_and_a_broken_one(tmp_path):
    old = fake_python(tmp_path, "old", "2 7")
    broken = fake_python(tmp_path, "broken", "not a version")
    new = fake_python(tmp_path, "new", "3 12")
    assert bootstrap.find_python([old, broken, new]) == new


@posix
def test_a_python_without_venv_names_the_package(tmp_path):
    bare = fake_python(tmp_path, "bare", "3 11", able=False)
    with pytest.raises(bootstrap.Stop) as stop:
        bootstrap.find_python([bare])
    assert stop.value.code == 4
    assert "python3-venv" in stop.value.sentence
    full = fake_python(tmp_path, "full", "3 11")
    assert bootstrap.find_python([bare, full]) == full


def test_the_script_is_written_in_old_syntax():
    """Old interpreters must reach the sentence; where one is at hand, it reads the file."""
    text = SCRIPT.read_text(encoding="utf-8")
    assert 'f"' not in text and ":=" not in text and "nonlocal" not in text
    for name in ("python2.7", "python3.6"):
        code, _ = bootstrap.output_of([name, "-c", ""])
        if code == 0:
            subprocess.run([name, str(SCRIPT), "--help"], check=True, stdout=subprocess.DEVNULL)


def test_no_module_of_the_grader_hides_one_that_the_script_imports():
    """A script's own folder comes first on the import path."""
    names = {path.stem for path in SCRIPT.parent.iterdir()}
    assert not names & set(sys.stdlib_module_names)


def test_wrong_usage_shows_the_commands(root):
    assert start(root).returncode == 2
    done = start(root, "--help")
    assert done.returncode == 0 and "setup" in done.stdout


def test_set_up_in_a_path_with_spaces_then_quick_and_silent(root):
    stamp = json.loads((root / ".venv" / "course.json").read_text())
    assert stamp == {"root": str(root), "needs": bootstrap.fingerprint(str(root))}
    second = start(root, "setup")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")

    inside = start(root, "run", "-c", "import os, sys; print(sys.prefix, os.getcwd(), sep='\\n')")
    assert inside.stdout.splitlines() == [str(root / ".venv"), str(root)]
    assert start(root, "run", "-c", "raise SystemExit(7)").returncode == 7


def test_changed_requirements_are_installed_and_a_failure_is_explained(root):
    (root / "requirements.txt").write_text("./not-there\n")
    failed = start(root, "setup")
    assert failed.returncode == 5
    assert "could not be installed" in failed.stderr.splitlines()[-1]
    (root / "requirements.txt").write_text("")
    again = start(root, "setup")
    assert again.returncode == 0


@pytest.mark.slow
@posix
def test_a_half_made_environment_is_made_anew(root):
    (root / ".venv" / "bin" / "python").unlink()
    done = start(root, "setup")
    assert done.returncode == 0 and "Making the environment" in done.stdout
    assert bootstrap.is_sound(str(root))


@pytest.mark.slow
def test_a_moved_folder_gets_a_new_environment(root):
    stamp = root / ".venv" / "course.json"
    stamp.write_text(json.dumps({"root": "/elsewhere", "needs": bootstrap.fingerprint(str(root))}))
    done = start(root, "setup")
    assert done.returncode == 0 and "Making the environment" in done.stdout


@posix
def test_a_home_that_is_not_there_is_replaced(root):
    done = start(root, "run", "-c", "import os; print(os.environ['HOME'])", HOME="/no/such/home")
    assert done.stdout.strip() == str(root / ".home")


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying ... NewConnectionError('... name resolution')", "internet"),
        ("ERROR: No matching distribution found for torch", "pip gives its reason"),
    ],
)
def test_a_failed_installation_says_why(errors, reason, tmp_path):
    assert reason in bootstrap.why_pip_failed(errors, str(tmp_path))


def test_an_environment_that_lies_elsewhere_is_not_cleared(tmp_path, monkeypatch):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "kept").touch()
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / ".venv").symlink_to(tmp_path / "theirs")
    monkeypatch.setattr(bootstrap, "is_sound", lambda root: True)
    bootstrap.make_environment(str(tmp_path / "course"))
    assert (tmp_path / "theirs" / "kept").exists()
    assert not (tmp_path / "course" / ".venv").is_symlink()


def test_words_of_the_command_line_become_commands():
    python = bootstrap.python_of("course")
    assert bootstrap.command_for("lab", ["--no-browser"], "course") == [
        python, "-m", "autograder.lab", "--no-browser",
    ]  # fmt: skip
    teach = bootstrap.command_for("teach", [], "course")
    assert teach == [python, "-m", "autograder.lab", "--teach"]
    test = bootstrap.command_for("test", ["-k", "softmax"], "course")
    assert test[:4] == [python, "-m", "pytest", "-n"]
    assert test[5:] == ["--reruns", "2", "-rfER", "-k", "softmax"]
    assert 1 <= int(test[4]) <= 4
    quick = bootstrap.command_for("quick", ["-k", "softmax"], "course")
    assert quick[:4] == test[:4] and int(quick[4]) <= int(test[4])
    assert quick[5:] == ["-m", "not slow", "-k", "softmax"]
    assert bootstrap.command_for("test-all", [], "course") == [*test[:5], "--thorough"]
    assert bootstrap.command_for("setup", [], "course") is None


def test_a_check_that_fails_does_not_keep_the_others_from_running(root, monkeypatch, capfd):
    monkeypatch.setattr(bootstrap, "python_of", lambda root: sys.executable)
    monkeypatch.setattr(
        bootstrap, "CHECKS", [["-c", "raise SystemExit(3)"], ["-c", "print(1 + 1)"]]
    )
    monkeypatch.chdir(root)
    assert bootstrap.check(str(root)) == 1
    assert "2\n" in capfd.readouterr().out
    monkeypatch.setattr(bootstrap, "CHECKS", [["-c", "print(1 + 2)"]])
    assert bootstrap.check(str(root)) == 0


def test_models_are_fetched_once_and_only_tests_insist(root, capfd):
    autograder = root / "autograder"
    (autograder / "authoring").mkdir()
    (autograder / "authoring" / "models.py").write_text("")
    (autograder / "__init__.py").write_text("")
    (autograder / "__main__.py").write_text("raise SystemExit(3)")
    bootstrap.fetch_models(str(root), needed=False)
    assert "models are missing" in capfd.readouterr().err
    with pytest.raises(bootstrap.Stop) as stop:
        bootstrap.fetch_models(str(root), needed=True)
    assert stop.value.code == 6
    (autograder / "__main__.py").write_text("print('fetched')")
    bootstrap.fetch_models(str(root), needed=True)
    bootstrap.fetch_models(str(root), needed=True)
    assert capfd.readouterr().out.splitlines().count("fetched") == 1
    assert start(root, "setup").stdout == ""
