"""The seed that draws a class's inputs: the same for a regrade, unknown to learners."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from .. import course

FILE = ".course_secret"


def class_seed(unit: course.Unit, root: Path) -> int:
    """The seed of a class run: the same for a regrade, unknown to learners.

    It comes from the course's secret and the assignment. It has 64 bits: too many to find it by
    trying, whatever inputs became known.

    Args:
        unit: the assignment.
        root: the folder of the class, where the gradebook lies.
    """
    text = f"{_secret(root)} {unit.name}"
    # Whatever encoding the environment was read in: the same bytes.
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big")


def _secret(root: Path) -> str:
    """``AUTOGRADER_SECRET``, else what is kept beside the gradebook, made at first use."""
    secret = os.environ.get("AUTOGRADER_SECRET", "")
    for folder in (root, course.ROOT):
        secret = secret or _kept(folder / FILE)
    return secret or _made(root / FILE)


def _made(file: Path) -> str:
    """A new secret in ``file``; of several that are made at once all take the first."""
    part = file.with_name(f"{FILE}.{secrets.token_hex(4)}")
    try:
        with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as opened:
            opened.write(secrets.token_hex(16))
            opened.flush()
            os.fsync(opened.fileno())
        _put(part, file)
    finally:
        part.unlink(missing_ok=True)
    return _kept(file)


def _put(part: Path, file: Path) -> None:
    """Give a file its name, unless a file that holds something has it."""
    try:
        os.link(part, file)
    except FileExistsError:
        if not _kept(file):
            os.replace(part, file)
    except OSError:  # no links on this file system
        os.replace(part, file)


def _kept(file: Path) -> str:
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""
