# ruff: noqa: SIM905, UP010, UP024, UP031
"""Start the course on a bare machine: ``python3 autograder/bootstrap.py lab``, and more words.

Finds Python 3.11 or newer, makes ``.venv`` in the course's folder, installs ``requirements.txt``
there, and runs what was asked for with it. The second time it only looks whether that still holds.
Any Python from 2.7 on can start this file, to be told what is missing: the standard library and
old syntax only, and nothing imported from the rest of the package.

Exit codes of its own: 2 wrong usage, 3 no suitable Python, 4 no virtual environment can be made,
5 the packages cannot be installed, 6 the real models cannot be fetched, 130 interrupted.
"""

from __future__ import print_function

import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
NEEDED = (3, 11)
NAMES = ["python3.14", "python3.13", "python3.12", "python3.11"]
USAGE = """usage: python3 autograder/bootstrap.py COMMAND [ARGUMENTS]

  lab       open your desk in JupyterLab; arguments go to JupyterLab
  teach     the same with all of the course's folder and nbgrader's buttons
  quick     run a part of the tests that takes two minutes; arguments go to pytest
  test      run the tests; arguments go to pytest
  test-all  run the tests, and those that repeat others at greater length
  check     tell what is stale, badly laid out, badly typed or imported upwards
  setup     only make or update the environment in .venv
  run       run .venv's Python with the arguments, such as: run -m autograder status"""
# What the words for tests mean to pytest; tests/conftest.py knows the marker and the option.
CHECKS = [
    "-m autograder build --check".split(),
    "-m ruff check".split(),
    "-m ruff format --check".split(),
    "-m mypy".split(),
    ["-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"],
]
LAB = {"lab": [], "teach": ["--teach"]}
# In "test" the same inputs are drawn each time: what passes at a second try, and is listed then,
# had failed by the machine.
TESTS = {
    "quick": ["-m", "not slow"],
    "test": ["--reruns", "2", "-rfER"],
    "test-all": ["--thorough"],
}

PROBE = """
import sys
try:
    import ensurepip, venv
    able = 1
except ImportError:
    able = 0
print("%d %d %d" % (sys.version_info[0], sys.version_info[1], able))
print(getattr(sys, "_base_executable", None) or sys.executable)
"""


class Stop(Exception):
    """The course cannot be started: an exit code, and the sentence that says why."""

    def __init__(self, code, sentence):
        Exception.__init__(self, sentence)
        self.code = code
        self.sentence = sentence


def output_of(command):
    """Exit code and output of a command, errors included; a missing program has code 127."""
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as problem:
        return 127, str(problem)
    text = process.communicate()[0].decode("utf-8", "replace")
    return process.returncode, text.strip()


def look_at(python):
    """What an interpreter is: (version, whether it can make environments, its path), or None."""
    code, text = output_of([python, "-c", PROBE])
    lines = text.splitlines()
    try:
        major, minor, able = (int(number) for number in lines[-2].split())
    except (IndexError, ValueError):
        return None
    return None if code else ((major, minor), bool(able), lines[-1])


def made_for(root):
    """The versions of Python that a kit is compiled for; empty for the course itself."""
    try:
        with open(os.path.join(root, "kit", "pythons.txt")) as file:
            return [tuple(map(int, version.split("."))) for version in file.read().split()]
    except (OSError, IOError):
        return []


def find_python(candidates, wanted=()):
    """Path of the first candidate that will do and is able to make a virtual environment."""
    found = [seen for seen in map(look_at, candidates) if seen]
    new = [seen for seen in found if (seen[0] in wanted if wanted else seen[0] >= NEEDED)]
    for _, able, path in new:
        if able:
            return path
    if new:
        raise Stop(
            4,
            "Python %d.%d (%s) cannot make a virtual environment, because its venv or ensurepip "
            "module is missing: install it (on Debian and Ubuntu: sudo apt install python3-venv) "
            "and run the same command again." % (new[0][0] + (new[0][2],)),
        )
    named = ", ".join(sorted({"%d.%d (%s)" % (seen[0] + (seen[2],)) for seen in found}))
    needs = " or ".join("%d.%d" % version for version in wanted) or "3.11 or newer"
    raise Stop(
        3,
        "This course needs Python %s, but only Python %s was found: install %s, "
        "for example from https://www.python.org/downloads/, and run the same command again."
        % (
            needs,
            named or "%d.%d" % sys.version_info[:2],
            "that one" if wanted else "a newer one",
        ),
    )


def bin_of(root):
    """The folder with the programs of the course's environment."""
    return os.path.join(root, ".venv", "Scripts" if os.name == "nt" else "bin")


def python_of(root):
    """The Python of the course's environment."""
    return os.path.join(bin_of(root), "python.exe" if os.name == "nt" else "python")


def is_sound(root):
    """Whether the environment's Python starts, will do and has pip."""
    wanted = made_for(root)
    fits = "in %r" % wanted if wanted else ">= %r" % (NEEDED,)
    test = "import pip, sys; sys.exit(not sys.version_info[:2] %s)" % fits
    return output_of([python_of(root), "-c", test])[0] == 0


def make_environment(root):
    """Make ``.venv``, in place of a broken one if there is one."""
    python = find_python([sys.executable] + NAMES, made_for(root))
    print("1 of 3: Making the environment .venv with %s; under a minute" % python)
    sys.stdout.flush()
    place = os.path.join(root, ".venv")
    if os.path.islink(place):  # what it leads to is another's, and would be cleared
        os.unlink(place)
    code, text = output_of([python, "-m", "venv", "--clear", place])
    if code or not is_sound(root):
        last = text.splitlines()[-1] if text else "no reason given"
        raise Stop(
            4,
            "The virtual environment %s could not be made (%s): see that this folder can be "
            "written and that venv is there (on Debian and Ubuntu: sudo apt install python3-venv), "
            "then run the same command again." % (os.path.join(root, ".venv"), last),
        )


def fingerprint(root):
    """Hash of the files that say what must be installed."""
    digest = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        with open(os.path.join(root, name), "rb") as file:
            digest.update(file.read() + b"\0")
    return digest.hexdigest()


def stamp_of(root):
    """The file that says what was installed, and where the folder was then."""
    return os.path.join(root, ".venv", "course.json")


def read_stamp(root):
    """What was installed last; empty if nothing was, or not to the end."""
    try:
        with open(stamp_of(root)) as file:
            stamp = json.load(file)
    except (OSError, IOError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def environment(root):
    """Environment variables for programs of the course: ``.venv`` first, a home that works."""
    variables = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH"):
        variables.pop(name, None)
    variables["PATH"] = bin_of(root) + os.pathsep + variables.get("PATH", os.defpath)
    variables["VIRTUAL_ENV"] = os.path.join(root, ".venv")
    # A "user = true" in the machine's pip settings would make every installation here fail.
    variables["PIP_USER"] = "0"
    home = os.path.expanduser("~")
    if os.name != "nt" and not (os.path.isdir(home) and os.access(home, os.W_OK)):
        variables["HOME"] = os.path.join(root, ".home")
        if not os.path.isdir(variables["HOME"]):
            os.mkdir(variables["HOME"])
    return variables


def why_pip_failed(errors, root):
    """The likely reason, and what to do, from what pip wrote to stderr."""
    usage = getattr(shutil, "disk_usage", None)
    full = usage is not None and usage(root).free < 200e6
    if full or "No space left" in errors or "Disk quota exceeded" in errors:
        return "the disk is full; free about 3 GB"
    signs = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "Read timed out")
    if any(sign in errors for sign in signs):
        return "the package index cannot be reached; connect to the internet"
    return "pip gives its reason above; put it right"


def renew_pip(root):
    """See to a pip that shows how far an installation is; if there is none, the old one will do."""
    ask = "import pip, sys; sys.exit(int(pip.__version__.split('.')[0]) < 26)"
    if output_of([python_of(root), "-c", ask])[0]:
        command = [python_of(root), "-m", "pip", "install", "--quiet", "--upgrade", "pip"]
        with open(os.devnull, "w") as nowhere:
            subprocess.call(
                command + ["--retries", "0", "--timeout", "10"],
                env=environment(root),
                stdout=nowhere,
                stderr=nowhere,
            )


def install(root):
    """Install the requirements into ``.venv``, pip's own progress on the screen."""
    print("2 of 3: Installing the course's packages into .venv; the first time a few minutes")
    sys.stdout.flush()
    renew_pip(root)
    command = [python_of(root), "-m", "pip", "install", "--disable-pip-version-check"]
    process = subprocess.Popen(
        command + ["-r", "requirements.txt"],
        cwd=root,
        env=environment(root),
        stderr=subprocess.PIPE,
    )
    errors = []
    for line in iter(process.stderr.readline, b""):
        errors.append(line.decode("utf-8", "replace"))
        sys.stderr.write(errors[-1])
        sys.stderr.flush()
    if process.wait():
        reason = why_pip_failed("".join(errors), root)
        raise Stop(
            5,
            "The course's packages could not be installed: %s, and run the same command again."
            % reason,
        )


def prepare(root):
    """See to it that ``.venv`` is there and holds what ``requirements.txt`` names now."""
    stamp = read_stamp(root)
    # Programs in .venv name their interpreter by its full path: a moved folder needs a new one.
    moved = stamp.get("root", root) != root
    if moved or not is_sound(root):
        make_environment(root)
        stamp = {}
    wanted = {"root": root, "needs": fingerprint(root)}
    if any(stamp.get(name) != each for name, each in wanted.items()):
        install(root)
        with open(stamp_of(root), "w") as file:
            json.dump(wanted, file)


def fetch_models(root, needed):
    """Fetch the real models once; where they are not needed at once, failing is a warning."""
    done = read_stamp(root)
    with open(os.path.join(root, "autograder", "authoring", "models.py"), "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    if done.get("models") == wanted:
        return
    print("3 of 3: The real models, 180 MB the first time")
    sys.stdout.flush()
    command = [python_of(root), "-m", "autograder", "models"]
    if subprocess.call(command, cwd=root, env=environment(root)):
        sentence = "The real models are missing; the reason is above. %s"
        if needed:
            raise Stop(6, sentence % "Put it right and run the same command again.")
        print(sentence % "The lessons say where they need them; all else works.", file=sys.stderr)
        return
    with open(stamp_of(root), "w") as file:
        json.dump(dict(done, models=wanted), file)


def cores():
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return multiprocessing.cpu_count()


def command_for(wanted, arguments, root):
    """The command line behind a word of the usage; None for ``setup``."""
    if wanted in LAB:
        return [python_of(root), "-m", "autograder.lab"] + LAB[wanted] + arguments
    if wanted in TESTS:
        # Slow tests wait for other processes: one worker more than there are cores. Each imports
        # torch: more than four cost more memory than they save time.
        workers = str(min(4, cores() + (wanted != "quick")))
        return [python_of(root), "-m", "pytest", "-n", workers] + TESTS[wanted] + arguments
    return [python_of(root)] + arguments if wanted == "run" else None


def run(command, root):
    """Become the command, or where a process cannot do that, wait for it."""
    os.chdir(root)
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, environment(root))
    process = subprocess.Popen(command, env=environment(root))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Ctrl-C reaches the child as well, which decides what it means.
            continue


def check(root):
    """Run every check, also after one that fails; 1 if any failed."""
    os.chdir(root)
    failed = 0
    for arguments in CHECKS:
        print("python %s" % " ".join(arguments[:4] if arguments[0] == "-m" else ["lint-imports"]))
        sys.stdout.flush()
        if subprocess.call([python_of(root)] + arguments, env=environment(root)):
            failed = 1
    return failed


def main(arguments):
    """Do what the command line asks; returns the exit code."""
    if not arguments or arguments[0] not in ["check", "setup", "run"] + list(LAB) + list(TESTS):
        print(USAGE)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        prepare(ROOT)
        if arguments[0] in ("lab", "teach", "test", "test-all"):
            fetch_models(ROOT, arguments[0] not in LAB)
    except Stop as stop:
        print(stop.sentence, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    if arguments[0] == "check":
        return check(ROOT)
    if arguments[0] in LAB:
        print("The course opens in your browser. Ctrl-C here ends it.")
    command = command_for(arguments[0], arguments[1:], ROOT)
    return run(command, ROOT) if command else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
