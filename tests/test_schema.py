"""The published JSON schema of verdicts: it is what the types say, and what real verdicts obey."""

import copy
import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from autograder import course
from autograder.authoring import build
from autograder.grading.record import SCHEMA_FILE, json_schema

SAMPLES = course.ROOT / "tests" / "samples" / "submitted"
PUBLISHED = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def verdicts():
    """What the command writes for the samples: right, wrong and unreadable, by learner."""
    return {learner: checked(learner) for learner in ("ada", "ben", "cleo")}


def checked(learner):
    """The JSON of one sample."""
    path = SAMPLES / learner / "01_single_head" / "01_single_head.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "check", str(path), "--json", "-"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    return json.loads(done.stdout)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(PUBLISHED.schema)


def test_the_file_is_what_the_types_say():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == json_schema()


@pytest.mark.slow
def test_real_verdicts_obey_it(verdicts):
    assert verdicts["ada"]["points"] == verdicts["ada"]["max_points"] > 0
    assert any(
        check["misconception"]
        for exercise in verdicts["ben"]["exercises"]
        for check in exercise["checks"]
    )
    assert verdicts["cleo"]["error"]["kind"] == "not_a_notebook"
    for verdict in verdicts.values():
        assert list(PUBLISHED.iter_errors(verdict)) == []


def without(field):
    """Take a field away."""

    def tamper(record):
        del record[field]

    return tamper


def with_value(field, value):
    """Put another value into a field."""

    def tamper(record):
        record[field] = value

    return tamper


TAMPERED = {
    "another version": ((), with_value("schema", 2)),
    "no error field": ((), without("error")),
    "points as text": ((), with_value("points", "20")),
    "an isolation that is none of ours": ((), with_value("isolation", "Full")),
    "one notice, not a list": ((), with_value("notices", "odd")),
    "an exercise without status": (("exercises", 0), without("status")),
    "a status that is none of ours": (("exercises", 0), with_value("status", "fine")),
    "a check without points": (("exercises", 0, "checks", 0), without("points")),
    "passed as a number": (("exercises", 0, "checks", 0), with_value("passed", 1)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_verdict_does_not(verdicts, name):
    place, tamper = TAMPERED[name]
    verdict = copy.deepcopy(verdicts["ben"])
    record = verdict
    for step in place:
        record = record[step]
    tamper(record)
    (error,) = PUBLISHED.iter_errors(verdict)
    assert tuple(error.absolute_path)[: len(place)] == place


def test_building_mends_a_schema_that_drifted(tmp_path, monkeypatch):
    drifted = tmp_path / SCHEMA_FILE.name
    drifted.write_text("{}\n", encoding="utf-8")
    monkeypatch.setattr(build, "SCHEMA_FILE", drifted)
    monkeypatch.setattr(build, "_exercise_units", lambda names: [])
    monkeypatch.setattr(build, "_lessons", lambda names: [])
    assert build.drift() == [
        "autograder/grading/verdict.schema.json is not what autograder/grading/record.py makes; "
        "run 'python -m autograder build'"
    ]
    assert build.drift(["01_single_head"]) == []
    said = []
    build.build(say=said.append)
    assert said == ["autograder/grading/verdict.schema.json"]
    assert build.drift() == [] and drifted.read_text(encoding="utf-8") == json_schema()
