"""Stand-ins for ``grade_one`` in worker processes: by name, some submissions undo theirs."""

import os
import signal
import time
from pathlib import Path

import psutil

from autograder.submissions.worker import grade_one


def misbehaved(name: str) -> None:
    """Do what the name says."""
    if name.startswith("hangs"):
        time.sleep(60)
    if name.startswith("hogs"):
        full = bytearray(b"x") * (250 << 20)
        time.sleep(60)
        del full
    if name.startswith("kills"):
        os.kill(os.getpid(), signal.SIGKILL)


def logged(unit_name, name, handed_in, seed, accept):
    """Note when it began and ended with a name, in the file that is named by ``unit_name``."""
    with Path(unit_name).open("a") as log:
        print("begins", name, file=log, flush=True)
        misbehaved(name)
        time.sleep(0.4)
        print("ends", name, file=log, flush=True)
    return f"grade of {name}"


def graded(unit_name, name, handed_in, seed, accept):
    """Grade, unless the name says otherwise."""
    misbehaved(name)
    return grade_one(unit_name, name, handed_in, seed, accept)


def leaves_garbage(unit_name, name, handed_in, seed, accept):
    """Leave a circle that holds much; gives the MiB that the worker has before."""
    before = psutil.Process().memory_info().rss >> 20
    circle = [bytearray(b"x") * (80 << 20)]
    circle.append(circle)
    return before
