"""Parts of a class run by themselves: one learner's trouble, what is kept, who may run."""

import contextlib
import errno
import os
import subprocess
import sys
import tempfile
import time
import types
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from support import write_notebook
from typer.testing import CliRunner

from autograder import course
from autograder.classroom import run
from autograder.classroom.results import Results
from autograder.cli import app
from autograder.course import CourseError
from autograder.grading.record import ErrorRecord, Record
from autograder.grading.verdict import SubmissionVerdict
from autograder.sandbox import processes
from autograder.submissions import grade as grading
from autograder.submissions import handed_in
from autograder.submissions.fingerprint import key_of
from autograder.submissions.grade import confinement
from autograder.submissions.handed_in import (
    SECRET,
    TIMESTAMP,
    carry_along,
    read_handed_in,
    time_handed_in,
)
from autograder.submissions.read import Rebuilt, Unreadable, released
from autograder.submissions.result import NoGrade, Result
from autograder.submissions.worker import grade_one

UNIT = course.unit("02_masks")
HANDED_IN = Rebuilt({}, error=ErrorRecord("missing_file", "None."))


def result(isolation="full") -> Result:
    """What comes of ``HANDED_IN``."""
    verdict = Record(1, "ann", 0.0, 21.0, (), HANDED_IN.error, (), isolation, 5, "abc")
    return Result(key_of(HANDED_IN, UNIT, 5, isolation), verdict, {}, "")


class Desk:
    """A desk at which one step fails for one learner."""

    def __init__(self, root: Path, learners="ann bob cleo", **trouble):
        self.results = Results(root, UNIT)
        self.entered: list[str] = []
        self._learners = learners.split()
        self._trouble = trouble

    def learners(self):
        return self._learners

    def seed(self):
        return 5

    def see_to_release(self):
        pass

    def read(self, learner):
        self._step("read", learner)
        return HANDED_IN

    def has(self, learner, key):
        return True

    def enter(self, learner, seed, accept):
        self.entered.append(learner)
        self._step("enter", learner)
        return ""

    def _step(self, name, learner):
        if learner == "bob" and name in self._trouble:
            self._trouble[name]()


class Pool:
    """A pool that grades everyone at once."""

    def __init__(self, isolation="full"):
        self.asked: list[str] = []
        self._isolation = isolation

    def graded(self, unit_name, waiting, seed, accept):
        for learner in waiting:
            self.asked.append(learner)
            yield learner, result(self._isolation)


def grade(desk, accept="full", pool=None):
    class_run = run._ClassRun(desk, UNIT, None, accept, lambda done, total: None)
    return class_run.grade(pool or Pool())


def raises(problem):
    def step():
        raise problem

    return step


@pytest.mark.parametrize("step", ["read", "enter"])
@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "bob/02_masks"), "bob/02_masks: Perm"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "bob"), "bob: File name too long"),
        (RecursionError("too deep"), "RecursionError: too deep"),
    ],
)
def test_trouble_with_one_learner_costs_no_other(tmp_path, step, problem, says):
    summary = grade(Desk(tmp_path, **{step: raises(problem)}))
    assert summary.graded == ["ann", "cleo"]
    assert list(summary.failed) == ["bob"] and says in summary.failed["bob"]


def test_a_name_too_long_to_be_kept_costs_no_other(tmp_path):
    long = "n" * 252
    summary = grade(Desk(tmp_path, f"ann {long} zoe"))
    assert summary.graded == ["ann", "zoe"] and "too long" in summary.failed[long]


def test_entering_one_learner_has_a_limit_of_time(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_MOST_SECONDS", 0.05)
    summary = grade(Desk(tmp_path, enter=lambda: time.sleep(20)))
    assert summary.graded == ["ann", "cleo"]
    assert "nothing came of it in 0.05 seconds" in summary.failed["bob"]


def test_a_full_disk_ends_the_run_in_one_sentence_and_nothing_is_lost(tmp_path, monkeypatch):
    desk = Desk(tmp_path)
    desk.results.save("bob", result("partial"))
    kept = desk.results.load("bob")

    def sync(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(CourseError, match=r"No space left on device.*grade again"):
        grade(desk)
    assert desk.results.load("bob") == kept
    assert not list(desk.results.folder.glob("*.part"))


@pytest.mark.parametrize(
    "problem",
    [
        "OSError: [Errno 28] No space left on device: 'x'",
        "OperationalError: (sqlite3.OperationalError) attempt to write a readonly database",
    ],
)
def test_a_disk_that_is_full_while_nbgrader_writes_ends_the_run_as_well(tmp_path, problem):
    desk = Desk(tmp_path)
    desk.enter = lambda *_: problem
    with pytest.raises(CourseError, match=r"nothing can be written any more .*grade again"):
        grade(desk)
    assert desk.results.learners() == ["ann"]


def test_only_those_who_are_asked_for_are_graded(tmp_path):
    desk, pool = Desk(tmp_path), Pool()
    desk.folder = lambda student: tmp_path / student
    class_run = run._ClassRun(desk, UNIT, None, "full", lambda *_: None, ["bob", "ann"])
    assert class_run.grade(pool).graded == ["bob", "ann"] == pool.asked
    with pytest.raises(CourseError, match="no folder .*bobby"):
        run._ClassRun(desk, UNIT, None, "full", lambda *_: None, ["bobby"])


def test_why_someone_has_no_grade_is_kept_until_there_is_one(tmp_path):
    desk = Desk(tmp_path, read=raises(OSError(errno.EACCES, "Permission denied", "bob")))
    desk.results.save_failures({"ann": "it hung", "gone": "it hung"})
    class_run = run._ClassRun(desk, UNIT, None, "full", lambda *_: None, ["bob"])
    class_run.grade(Pool())
    kept = desk.results.failures()
    assert list(kept) == ["ann", "bob"] and "Permission denied" in kept["bob"]
    grade(Desk(tmp_path))
    assert desk.results.failures() == {}


def test_what_could_not_be_read_is_named_each_time(tmp_path):
    for summary in (grade(Desk(tmp_path, "ann")), grade(Desk(tmp_path, "ann"))):
        assert summary.unreadable == {"ann": "None."}


def test_a_crash_of_ours_is_not_taken_for_points_that_are_missing(monkeypatch):
    monkeypatch.setattr(course, "unit", lambda _: raises(RuntimeError("a fault"))())
    done = CliRunner().invoke(app, ["report", "02_masks"])
    assert done.exit_code == 2 and "RuntimeError: a fault" in done.output
    assert done.output.rstrip().endswith("please report it, with the lines above")


def test_names_are_read_in_utf_8_whatever_the_locale(tmp_path):
    code = "import os, sys; from autograder import cli; cli.app = lambda: print(os.listdir()); "
    (tmp_path / "josé").touch()
    done = subprocess.run(
        [sys.executable, "-c", code + "cli.main()"],
        cwd=tmp_path,
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
    )
    assert done.stdout.decode().strip() == "['josé']", done.stderr


def test_what_cannot_be_written_to_is_said_in_one_sentence(tmp_path):
    (tmp_path / ".grading").write_text("in the way")
    with (
        pytest.raises(CourseError, match="nothing can be written"),
        Results(tmp_path, UNIT).locked(),
    ):
        pass


def test_two_runs_of_one_assignment_keep_apart(tmp_path):
    with Results(tmp_path, UNIT).locked():
        with pytest.raises(CourseError) as refused, Results(tmp_path, UNIT).locked():
            pass
        assert f"is being graded already (process {os.getpid()} on " in str(refused.value)
        with Results(tmp_path, course.unit("01_single_head")).locked():
            pass
    with Results(tmp_path, UNIT).locked():
        pass


def test_a_killed_run_keeps_nobody_out(tmp_path):
    code = (
        "import os, sys; from autograder import course; from pathlib import Path\n"
        "from autograder.classroom.results import Results\n"
        "with Results(Path(sys.argv[1]), course.unit('02_masks')).locked(): os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)])
    assert done.returncode == 9
    with Results(tmp_path, UNIT).locked():
        pass


@pytest.mark.parametrize(
    ("kept", "accept", "again"),
    [
        ("partial", "full", True),
        ("partial", "partial", False),
        ("full", "full", False),
        ("full", "partial", False),
        ("none", "partial", True),
    ],
)
def test_a_weaker_result_is_unknown_to_a_run_that_accepts_only_a_stronger(
    tmp_path, kept, accept, again
):
    desk, pool = Desk(tmp_path, "ann"), Pool(accept)
    desk.results.save("ann", result(kept))
    summary = grade(desk, accept, pool)
    assert pool.asked == (["ann"] if again else [])
    assert summary.isolation == {accept if again else kept}
    assert desk.results.load("ann").verdict.isolation == (accept if again else kept)


def test_a_result_says_how_the_server_that_served_it_confines(monkeypatch):
    levels = iter(["full", "partial"])  # the first one is gone meanwhile
    verdict = SubmissionVerdict("ann", [], 5, "full", "abc")
    monkeypatch.setattr(grading, "confinement", lambda accept: next(levels))
    monkeypatch.setattr(grading, "grade_read", lambda *args, **kwargs: verdict)
    rebuilt = Rebuilt(released(UNIT))
    found = grade_one(UNIT.name, "ann", rebuilt, 5, "partial")
    assert found.verdict.isolation == "partial"
    assert found.key == key_of(rebuilt, UNIT, 5, "partial")


def test_what_no_worker_could_grade_has_no_grade(tmp_path):
    pool = Pool()
    pool.graded = lambda *_: iter([("ann", NoGrade("it died"))])
    assert grade(Desk(tmp_path, "ann"), pool=pool).failed == {"ann": "it died"}


@pytest.mark.parametrize("accept", ["Full", "partail", "none", ""])
def test_a_level_that_does_not_exist_is_refused(accept, monkeypatch):
    with pytest.raises(ValueError, match="full"):
        run.grade_class(UNIT, accept=accept)
    done = CliRunner().invoke(app, ["grade", "02_masks", "--accept", accept])
    assert done.exit_code == 2 and "partial" in done.output
    monkeypatch.setattr(processes, "missing_layers", lambda: {"network": "gone"})
    with pytest.raises(CourseError, match="network"):
        confinement(accept)


def small_files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_only_what_the_exchange_writes_goes_along(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    wanted = {TIMESTAMP: "2024-05-06 07:08:09 UTC", SECRET: "ab" * 64}
    for name, text in (wanted | {"own.py": "", ".hidden": ""}).items():
        (source / name).write_text(text)
    carry_along(source, target)
    assert small_files(target) == wanted
    (source / TIMESTAMP).unlink()
    (tmp_path / "elsewhere").write_text("2020-01-01")
    (source / TIMESTAMP).symlink_to(tmp_path / "elsewhere")
    (source / SECRET).write_text("x" * 1000)
    (target / SECRET).chmod(0o444)
    carry_along(source, target)
    assert small_files(target) == wanted


@contextlib.contextmanager
def bound_by_modes():
    """As a user for whom modes hold; root goes back to being root."""
    os.seteuid(65534 if os.geteuid() == 0 else os.geteuid())
    try:
        yield
    finally:
        os.seteuid(os.getuid())


@pytest.mark.parametrize(("what", "mode"), [("", 0o444), ("", 0o000), ("02_masks.ipynb", 0o000)])
def test_what_may_not_be_read_is_no_fault_of_the_submission(what, mode):
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        folder = Path(root) / "ann" / UNIT.name
        folder.mkdir(parents=True)
        path = folder / f"{UNIT.name}.ipynb"
        write_notebook(path, released(UNIT))
        (folder / what).chmod(mode)
        with bound_by_modes(), pytest.raises(PermissionError):
            read_handed_in(UNIT, path)
        folder.chmod(0o755)


def test_a_folder_or_a_link_to_one_is_not_the_neighbours(tmp_path):
    path = tmp_path / "ann" / UNIT.name / f"{UNIT.name}.ipynb"
    path.parent.mkdir(parents=True)
    write_notebook(path, released(UNIT))
    assert not read_handed_in(UNIT, path).error
    (tmp_path / "bob").symlink_to("ann")
    (tmp_path / "cleo").mkdir()
    (tmp_path / "cleo" / UNIT.name).symlink_to(path.parent)
    for learner in ("bob", "cleo"):
        found = read_handed_in(UNIT, tmp_path / learner / UNIT.name / path.name)
        assert found.error.kind == "missing_file" and "of its own" in found.error.message
    path.rename(path.with_name("diary.txt"))
    for learner in ("bob", "cleo"):
        found = read_handed_in(UNIT, tmp_path / learner / UNIT.name / path.name)
        assert "diary" not in found.error.message and "of its own" in found.error.message


@pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="needs openat")
@pytest.mark.parametrize("place", [f"ann/{UNIT.name}/{UNIT.name}.ipynb", f"ann/{UNIT.name}", "ann"])
def test_a_link_that_came_after_the_look_is_not_followed(tmp_path, place):
    path = tmp_path / "ann" / UNIT.name / f"{UNIT.name}.ipynb"
    path.parent.mkdir(parents=True)
    write_notebook(path, released(UNIT))
    os.close(handed_in._open_its_own(tmp_path / "ann", str(path), os.O_RDONLY))
    (tmp_path / place).rename(tmp_path / "bob")
    (tmp_path / place).symlink_to(tmp_path / "bob")
    with pytest.raises(Unreadable, match="of its own"):
        handed_in._open_its_own(tmp_path / "ann", str(path), os.O_RDONLY)


def test_names_of_files_are_told_short_and_clean(tmp_path):
    folder = tmp_path / "ann" / UNIT.name
    folder.mkdir(parents=True)
    for number in range(500):
        (folder / os.fsdecode(b"\xff\x1b[2J%d.ipynb" % number)).touch()
    found = read_handed_in(UNIT, folder / f"{UNIT.name}.ipynb")
    assert len(found.error.message) < 500 and found.error.message.isprintable()
    assert "497 more" in found.error.message
    assert msgspec.json.encode(found.error)


class _Entry(type(Path())):
    """A file, as ``os.scandir`` gives one."""

    def is_dir(self, follow_symlinks):
        return False


@pytest.mark.parametrize("is_there", [False, True])
def test_of_a_folder_without_end_the_beginning_is_looked_at(tmp_path, monkeypatch, is_there):
    folder = tmp_path / "ann" / UNIT.name
    own = folder / f"{UNIT.name}.ipynb"
    folder.mkdir(parents=True)
    if is_there:
        write_notebook(own, released(UNIT))
    looked_at = []

    class Endless:
        """As ``os.scandir`` of a folder with a million files, in which one's own comes last."""

        def __init__(self, path):
            pass

        def __enter__(self):
            for number in range(1_000_000):
                looked_at.append(number)
                name = f"{number}.txt"
                yield _Entry(folder / name)

        def __exit__(self, *error):
            pass

    monkeypatch.setattr(os, "scandir", Endless)
    assert bool(read_handed_in(UNIT, own).error) != is_there
    assert 0 < len(looked_at) < 10_000


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2024-05-06 07:08:09.123456 UTC", datetime(2024, 5, 6, 7, 8, 9, 123456)),
        ("2024-05-06 07:08:09 America/New_York\n", datetime(2024, 5, 6, 11, 8, 9)),
        ("2024-05-06T07:08:09+02:00", datetime(2024, 5, 6, 5, 8, 9)),
        ("", None),
        ("soon", None),
        ("2024-05-06 07:08:09 -0200", datetime(2024, 5, 6, 9, 8, 9)),
        ("2024-05-06", datetime(2024, 5, 6)),
        ("2024-05-06 07:08:09 Nowhere/Known", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024-05-06 07:08:09 /dev/zero", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024-05-06 07:08:09 ../../../../dev/zero", datetime(2024, 5, 6, 7, 8, 9)),
        ("monday", None),
        ("5", None),
        ("three days ago", None),
        ("on some other day", None),
        ("1999-12-31", None),
        ("2999-01-01", None),
        ("0001-01-01 00:00 +1400", None),
        ("9999-12-31 23:59 -1400", None),
        ("\x00\xff", None),
        ("2024-05-06" + " " * 100, None),
    ],
)
def test_a_time_is_read_or_a_notice_says_that_it_is_none(tmp_path, text, when):
    (tmp_path / TIMESTAMP).write_text(text, encoding="latin-1")
    found, notice = time_handed_in(tmp_path)
    assert found == when and ("no time at which" in notice) is (when is None)
    unknown = when is not None and ("Nowhere" in text or "/dev/zero" in text)
    assert ("taken for UTC" in notice) is unknown


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_of_a_time_only_a_file_is_opened(tmp_path, monkeypatch, kind):
    (tmp_path / "elsewhere").write_text("2024-05-06")
    place = tmp_path / TIMESTAMP
    make = {"pipe": os.mkfifo, "folder": os.mkdir, "link": lambda at: at.symlink_to("elsewhere")}
    make[kind](place)
    monkeypatch.setattr(handed_in, "_open_its_own", lambda *_: pytest.fail("it was opened"))
    found, notice = time_handed_in(tmp_path)
    assert found is None and "no time at which" in notice


@pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="needs openat")
def test_of_a_time_no_link_is_followed_that_came_after_the_look(tmp_path, monkeypatch):
    folder = tmp_path / "ann" / UNIT.name
    folder.mkdir(parents=True)
    (tmp_path / "elsewhere").write_text("2024-05-06")
    (folder / TIMESTAMP).symlink_to(tmp_path / "elsewhere")
    monkeypatch.setattr(Path, "lstat", Path.stat)
    assert time_handed_in(folder)[0] is None


def test_of_a_time_no_more_is_read_than_one_has(tmp_path):
    with (tmp_path / TIMESTAMP).open("w") as file:
        file.write("2024-05-06")
        file.truncate(1 << 40)
    found, notice = time_handed_in(tmp_path)
    assert found is None and "no time at which" in notice


def test_without_a_time_there_is_no_notice(tmp_path):
    assert time_handed_in(tmp_path) == time_handed_in(tmp_path / "none") == (None, "")


def test_workers_are_as_many_as_there_is_room_for(monkeypatch):
    memory = types.SimpleNamespace(available=(5 << 30) + 1)
    monkeypatch.setattr(run.psutil, "virtual_memory", lambda: memory)
    for cores, workers in ((1, 1), (3, 3), (128, 5)):
        monkeypatch.setattr(run.os, "sched_getaffinity", lambda _, n=cores: range(n), raising=False)
        assert run._most_workers() == workers
    memory.available = 1 << 20
    assert run._most_workers() == 1
