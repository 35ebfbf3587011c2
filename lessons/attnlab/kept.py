"""Results of long experiments, kept as data: settings, machine, runs."""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
from collections.abc import Iterator
from pathlib import Path

from autograder import course

from .timing import machine

DATA = course.ROOT / "lessons" / "data"


def load(name: str) -> dict:
    """The results of an experiment that come with the course."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


class Kept:
    """The results of one experiment; on the disk after every run, so that it can be left.

    Args:
        path: the file; what it holds already is kept.
        settings: what the results depend on, as plain JSON.
        same_machine: whether all runs have to be of one machine.

    Attributes:
        runs: plain dictionaries.

    Raises:
        SystemExit: if the file holds runs of other settings, or of another machine.
    """

    def __init__(self, path: Path, settings: dict, same_machine: bool = False):
        self._path = path
        self._head = json.loads(json.dumps(settings)) | {"machine": machine()}
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        compared = self._head if same_machine else settings
        if before and any(before.get(name) != self._head[name] for name in compared):
            raise SystemExit(
                f"lessons/data/{path.name} holds results of other settings or of another machine. "
                "Run it with --again to measure beside it, or delete that file."
            )
        self.runs: list[dict] = before.get("runs", [])

    def half_done(self, run: object) -> Path:
        """A file beside the results that keeps a run that is not at its end."""
        return self._path.with_suffix(f".{run}.part")

    def add(self, run: dict) -> None:
        """Write this run as well."""
        self.runs.append(json.loads(json.dumps(run)))
        text = json.dumps(self._head, indent=1)[:-2]
        lines = ",\n".join(json.dumps(run) for run in self.runs)
        half = self._path.with_suffix(".part")
        half.write_text(f'{text},\n "runs": [\n{lines}\n]\n}}\n', encoding="utf-8")
        half.replace(self._path)


@contextlib.contextmanager
def can_be_left() -> Iterator[None]:
    """Ctrl-C ends the program with a sentence; what it has measured is on the disk."""
    try:
        yield
    except KeyboardInterrupt:
        print("\nStopped. What is done is kept: the same command goes on from there.")
        raise SystemExit(130) from None


def say_what_is_kept(done: int, wanted: int, of: str) -> None:
    """Say so where an experiment goes on."""
    if done:
        print(f"{done} of {wanted} {of} are kept from before.", flush=True)


def path_and_options(
    path: Path, description: str | None, **more: str
) -> tuple[Path, argparse.Namespace]:
    """Where a script writes, and what was asked of it.

    Args:
        path: its results; with ``--again`` it writes into a file beside them, to compare with.
        description: of the script.
        more: further options that are there or not, by name, with what each does.
    """
    parser = argparse.ArgumentParser(description=description)
    again = "run it all in a second file and compare the two"
    for name, text in {"again": again, **more}.items():
        parser.add_argument(f"--{name}", action="store_true", help=text)
    options = parser.parse_args()
    if options.again and not path.exists():
        parser.error(
            f"there is no lessons/data/{path.name} to compare with; run it without --again"
        )
    return (path.with_suffix(".again.json") if options.again else path), options


def compare(before: dict[str, list[float]], after: dict[str, list[float]]) -> None:
    """Print, by name, the medians of two runs of an experiment beside the spread of the first."""
    inside = 0
    for name, values in before.items():
        median = statistics.median(after[name])
        fits = min(values) <= median <= max(values)
        inside += fits
        print(
            f"{name:<44}{statistics.median(values):9.4g} ({min(values):.4g} to {max(values):.4g})"
            f"{median:9.4g}  {'inside' if fits else 'OUTSIDE'}"
        )
    print(f"{inside} of {len(before)} medians of this run lie inside the spread of the other")
