"""The workers of a class: what one submission may take of them, and what it costs the others."""

import functools
import sys
import types
from multiprocessing import get_all_start_methods

import pool_grades
import pytest

from autograder.classroom import local_pool
from autograder.classroom.local_pool import TRIES, LocalPool
from autograder.course import CourseError
from autograder.sandbox.limits import Budget
from autograder.sandbox.processes import ServerFailed
from autograder.submissions.read import Rebuilt
from autograder.submissions.result import NoGrade

pytestmark = pytest.mark.skipif("forkserver" not in get_all_start_methods(), reason="needs fork")
HONEST = [f"honest {number}" for number in range(8)]
BUDGET = Budget(seconds=3.0, megabytes=100)


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Workers that import no more than they need: nothing is graded here."""
    monkeypatch.setattr(local_pool, "_PRELOADED", ())
    monkeypatch.setenv("AUTOGRADER_SPAWN", "1")


def run(pool, log, names):
    """What comes of submissions of these names."""
    with pool:
        return dict(pool.graded(str(log), dict.fromkeys(names, Rebuilt({})), 0, "full"))


@pytest.mark.slow
def test_what_undoes_a_worker_has_no_grade_and_costs_no_other(tmp_path):
    log = tmp_path / "log"
    bad = ["hangs", "hogs", "kills", "kills too"]
    names = [*HONEST[:2], *bad, *HONEST[2:]]
    outcomes = run(LocalPool(2, BUDGET, pool_grades.logged), log, names)
    # Those of one worker wait for longer than one may take: waiting does not count.
    assert {name: outcomes.pop(name) for name in HONEST} == {
        name: f"grade of {name}" for name in HONEST
    }
    assert all(isinstance(outcome, NoGrade) for outcome in outcomes.values())
    assert {name: outcome.reason.split(", ")[0] for name, outcome in outcomes.items()} == {
        "hangs": "grading took more than 3 seconds",
        "hogs": "grading took more than 100 MiB of memory",
        "kills": f"the grading process died {TRIES} times",
        "kills too": f"the grading process died {TRIES} times",
    }
    lines = log.read_text().splitlines()
    begun = {name: lines.count(f"begins {name}") for name in bad}
    assert begun == {"hangs": 1, "hogs": 1, "kills": TRIES, "kills too": TRIES}
    # After all others, one at a time.
    assert not any(line.startswith("ends") for line in lines[-2 * (TRIES - 1) :])


def test_what_no_sandbox_could_grade_is_no_verdict_and_stops_only_for_everyone():
    def graded(problem):
        raise problem

    outcome = local_pool._outcome(graded, (ServerFailed("no process" * 999),))
    assert isinstance(outcome, NoGrade) and len(outcome.reason) <= 500
    assert outcome.reason.startswith("ServerFailed: no process")
    for_everyone = CourseError("too weak")
    assert local_pool._outcome(graded, (for_everyone,)) is for_everyone


@pytest.mark.slow
def test_a_worker_keeps_nothing_of_those_it_graded(tmp_path):
    outcomes = run(LocalPool(1, BUDGET, pool_grades.leaves_garbage), tmp_path, HONEST)
    assert max(outcomes.values()) - min(outcomes.values()) < 200, outcomes


def test_workers_that_never_get_ready_end_the_run(tmp_path, monkeypatch):
    here_alone = types.ModuleType("here_alone")
    exec("def grade(*arguments): pass", vars(here_alone))
    monkeypatch.setitem(sys.modules, "here_alone", here_alone)
    with pytest.raises(CourseError, match="no grading process could be started"):
        run(LocalPool(1, BUDGET, here_alone.grade), tmp_path / "log", HONEST)


@pytest.mark.slow
def test_one_that_is_graded_by_itself_has_the_same_budget(tmp_path, monkeypatch):
    with LocalPool(1, BUDGET, pool_grades.logged) as pool:
        monkeypatch.setattr(local_pool, "_pool_of_one", functools.cache(lambda: pool))
        outcomes = [
            local_pool.grade_watched(str(tmp_path / "log"), name, Rebuilt({}), 0, "full")
            for name in ("honest", "hangs", "honest")
        ]
    assert outcomes[::2] == ["grade of honest"] * 2
    assert "3 seconds" in outcomes[1].reason
