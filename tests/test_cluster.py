"""A class graded by dask workers into PostgreSQL: real processes, killed in the middle."""

import contextlib
import os
import re
import subprocess
import sys

import postgres
import pytest
from class_folders import ClassFolder, kill, wait_until

SIZE = 16


def dask(*arguments, log):
    """Start a part of the cluster."""
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
        stdout=log,
        stderr=log,
    )


@pytest.fixture(scope="module")
def database():
    """A PostgreSQL server; its address."""
    if not postgres.programs():
        message = "PostgreSQL is not installed; 'apt-get install postgresql' puts it there"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler; its address, and a function that starts a worker."""
    folder = tmp_path_factory.mktemp("dask")
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("w"))
        started = []

        def start(*arguments):
            process = dask(*arguments, log=log)
            started.append(process)
            return process

        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        said = folder / "log"
        wait_until(lambda: re.search(r"Scheduler at:\s+tcp://\S+", said.read_text()))
        address = re.search(r"Scheduler at:\s+(tcp://\S+)", said.read_text())[1]

        def worker():
            before = said.read_text().count("Registered to")
            options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
            process = start("worker", address, *options)
            wait_until(lambda: said.read_text().count("Registered to") > before)
            return process

        yield address, worker
        for process in reversed(started):
            process.terminate()
            process.wait(30)


@pytest.mark.slow
def test_each_is_graded_once_though_a_worker_and_then_the_run_are_killed(
    tmp_path, cluster, database
):
    address, worker = cluster
    first, _ = worker(), worker()
    config = f"\nc.CourseDirectory.db_url = {database!r}\n"
    folder = ClassFolder(tmp_path, SIZE, config)
    run = folder.start("--scheduler", address)
    folder.wait_for_results(2, run)
    kill(first.pid)
    first.wait()
    reached = len(folder.results())
    folder.wait_for_results(reached + 4, run)
    kill(run.pid)
    run.wait()
    before = folder.written()
    assert len(before) < SIZE
    code, said = folder.grade("--scheduler", address)
    assert code == 0, said
    assert "0 failed; confinement: full." in said
    after = folder.written()
    assert {each: after[each] for each in before} == before
    points = folder.points(database)
    assert set(points) == set(after) == set(folder.students)
    for student, result in folder.results().items():
        assert points[student] == result.verdict.points
        assert folder.autograded(student)["metadata"]["autograder"]["key"] == result.key
    assert not (folder.root / "gradebook.db").exists()
