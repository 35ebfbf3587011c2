"""What GitHub is told of checked notebooks: a summary to read, and points for GitHub Classroom.

``docs/classroom.yml`` starts it after ``check --json``, with the folder of these files and the
notebooks. The points are an output of the step, in the form that the graders of GitHub Classroom
hand to its reporter: https://github.com/classroom-resources/autograding-grading-reporter.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from .. import course
from ..grading.record import Record
from ..grading.render import safe
from ..grading.render.wording import STATUS, number

_NO_VERDICT = "could not be checked; the log of the step says why"


def read(folder: Path, notebooks: list[str]) -> dict[str, Record | None]:
    """The verdicts by notebook, from ``STEM.json`` in the folder; None where there is none."""
    found: dict[str, Record | None] = {}
    for notebook in notebooks:
        path = folder / f"{Path(notebook).stem}.json"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found[notebook] = msgspec.convert(json.loads(text), Record) if text else None
    return found


def summary(verdicts: Mapping[str, Record | None]) -> str:
    """The verdicts as Markdown; what a learner wrote is escaped."""
    lines = []
    for notebook, verdict in verdicts.items():
        lines += [f"## {_cell(notebook)}", ""]
        if problem := _problem(verdict):
            lines += [_cell(problem), ""]
            continue
        lines += ["| exercise | points | | what broke first |", "|---|---|---|---|"]
        for each in verdict.exercises if verdict else ():
            broke = next((one.message for one in each.checks if not one.passed), "")
            points = f"{number(each.points)} of {number(each.max_points)}"
            lines.append(f"| {each.id} | {points} | {STATUS[each.status]} | {_cell(broke)} |")
        lines.append("")
    return "\n".join(lines)


def points(verdicts: Mapping[str, Record | None]) -> dict:
    """The verdicts as GitHub Classroom's reporter reads them; what waits for a person is left out.

    A notebook without a verdict has no points of those of its unit.
    """
    tests = []
    for notebook, verdict in verdicts.items():
        if problem := _problem(verdict):
            tests.append(_test(notebook, 0.0, _most(notebook), "error", problem))
            continue
        for each in verdict.exercises if verdict else ():
            if each.status != "manual":
                status = "pass" if each.points >= each.max_points else "fail"
                says = STATUS[each.status]
                tests.append(_test(each.id, each.points, each.max_points, status, says))
    statuses = {each["status"] for each in tests}
    worst = next((each for each in ("error", "fail") if each in statuses), "pass")
    most = sum(each.pop("max_score") for each in tests)
    return {"version": 1, "status": worst, "max_score": most, "tests": tests}


def _problem(verdict: Record | None) -> str:
    if verdict is None:
        return _NO_VERDICT
    return verdict.error.message if verdict.error else ""


def _most(notebook: str) -> float:
    stem = Path(notebook).stem
    units = [each for each in course.units().values() if each.name == stem]
    return sum(each.points for unit in units for each in unit.exercises)


def _test(name: str, score: float, most: float, status: str, says: str) -> dict:
    told = {"name": name, "status": status, "score": score, "max_score": most, "message": says}
    return told | {"test_code": "", "filename": "", "line_no": 0, "execution_time": 0}


def _cell(text: str) -> str:
    return str(safe.html(safe.one_line(text))).replace("\\", "\\\\").replace("|", "\\|")


def main(folder: Path, notebooks: list[str]) -> None:
    """Append both to the files that GitHub names."""
    verdicts = read(folder, notebooks)
    encoded = base64.b64encode(json.dumps(points(verdicts)).encode()).decode()
    told = {"GITHUB_STEP_SUMMARY": summary(verdicts), "GITHUB_OUTPUT": f"result={encoded}"}
    for name, text in told.items():
        with open(os.environ[name], "a", encoding="utf-8") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
