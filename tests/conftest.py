"""Shared set-up of the tests: which are left out, which run together, and which first."""

import os
import re
import sys
from pathlib import Path

import pytest
import torch

from autograder import course
from autograder.grading import grader
from autograder.learner import notebook

# Data of the tests, not tests: submissions and answers.
collect_ignore = ["samples", "answers", "attacks"]

# The tests run side by side, one worker a core. Kernels of lessons use all cores: their threads
# sleep where they wait for each other, else each holds the core that the other one needs.
torch.set_num_threads(1)
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

sys.path.insert(0, str(Path(__file__).parent))

# Two workers share the tests from both ends: one end waits for other processes, the other computes.
# The longest stand at the ends, or a worker would sit idle while another finishes one alone.
WAIT = (
    "test_class_run.py",
    "test_four_ways.py",
    "test_attacks.py",
    "test_sandbox.py",
    "test_nbgrader.py",
    "test_bootstrap.py",
)
COMPUTE = (
    "test_answers.py",
    "test_misconceptions.py",
    "test_lessons.py",
    "MultiHeadLoop",
    "MultiHeadAttention",
    "CachedAttention",
    "GroupedQueryAttention",
)


def pytest_addoption(parser):
    """``--thorough`` adds the tests that repeat others at greater length."""
    parser.addoption("--thorough", action="store_true", help="also tests marked as thorough")


def pytest_configure(config):
    """Tell pytest the markers; but for ``--thorough``, every run draws the same inputs."""
    if not config.getoption("thorough"):
        os.environ.setdefault("AUTOGRADER_SEED", "1")
        os.environ.setdefault("AUTOGRADER_SECRET", "of the tests")
    for line in (
        "slow: not part of `make quick`; takes long, or needs models, PostgreSQL or Chromium",
        "thorough: part of `make test-all` only; repeats another test at greater length",
    ):
        config.addinivalue_line("markers", line)


def pytest_ignore_collect(collection_path, config):
    """In `make quick`, files that are slow as a whole are not even imported."""
    if config.option.markexpr == "not slow" and collection_path.suffix == ".py":
        return (
            "pytestmark = pytest.mark.slow" in collection_path.read_text(encoding="utf-8") or None
        )
    return None


def group_of(nodeid: str) -> str:
    """The group of a test: the tests of a group run on one worker.

    A file is a group, so that its fixtures are made once. Where fixtures differ by the parameter,
    the parameter makes the group. Wrong answers and misconceptions are a group by exercise and
    seed, right ones by exercise: they share the records of the mutants, and of the reference.
    """
    file, _, test = nodeid.partition("::")
    name = Path(file).name
    if name in ("test_answers.py", "test_misconceptions.py"):
        exercise_and_seed = re.search(r"\[(\w+(?:-\d+\b)?)", test)
        return exercise_and_seed[1] if exercise_and_seed else nodeid
    if name in ("test_four_ways.py", "test_lessons.py"):
        return file + test.partition("[")[2]
    return file


def place_of(nodeid: str) -> int:
    """Where a test stands between those that wait (below 0) and those that compute (above)."""
    group = group_of(nodeid)
    name = Path(nodeid.partition("::")[0]).name
    if name in WAIT:
        return WAIT.index(name) - len(WAIT)
    return max(
        (place for place, each in enumerate(COMPUTE, 1) if name == each or group.startswith(each)),
        default=0,
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out what is for ``--thorough`` only, and sort the others."""
    items.sort(key=lambda item: place_of(item.nodeid))
    if not config.getoption("thorough"):
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each group to one worker: the even ones begin in front, the odd ones at the end.

    In place of ``--dist=loadgroup``, which groups nothing from pytest 9.2 on
    (https://github.com/pytest-dev/pytest-xdist/issues/1386).
    """
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)

        def _assign_work_unit(self, node):
            if self.nodes.index(node) % 2:
                self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
            super()._assign_work_unit(node)

    config.option.loadscopereorder = False
    return Groups(config, log)


@pytest.fixture
def empty_workspace(tmp_path, monkeypatch):
    """An empty workspace in place of the learner's own."""
    monkeypatch.setattr(course, "WORKSPACE", tmp_path / "workspace")
    return tmp_path / "workspace"


@pytest.fixture(autouse=True)
def seeds_from_the_first():
    """Each test meets the same inputs, whichever tests its worker ran before."""
    grader._seeds.cache_clear()
    notebook.session_seed.cache_clear()
