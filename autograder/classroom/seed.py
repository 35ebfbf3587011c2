"""The seed that draws a class's inputs: the same for a regrade, unknown to learners."""

from __future__ import annotations

import hashlib
import os
import secrets

from .. import course

_SECRET = course.ROOT / ".course_secret"


def class_seed(unit: course.Unit) -> int:
    """The seed of a class run: the same for a regrade, unknown to learners.

    It comes from the course's secret (``AUTOGRADER_SECRET``, or ``.course_secret``, made at first
    use) and the assignment. It has 64 bits: too many to find it by trying, whatever inputs became
    known.
    """
    secret = os.environ.get("AUTOGRADER_SECRET")
    if not secret:
        if not _SECRET.exists():
            with open(os.open(_SECRET, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(16))
        secret = _SECRET.read_text()
    text = f"{secret} {unit.name}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
