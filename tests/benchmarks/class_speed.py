"""How fast a class is graded: ``autograder grade`` against stock ``nbgrader autograde``.

The same answers to unit 02, by both, in rounds that take turns on one machine. Stock nbgrader gets
the assignment written the usual way: asserts in the graded cells, torch imported. Both write
gradebook and autograded notebooks; ours confines, checks and diagnoses as in a real class.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import nbformat  # noqa: E402
from support import notebook_with, reference_answers, write_notebook, wrong_submissions  # noqa: E402

from autograder import course  # noqa: E402

UNIT = course.unit("02_masks")
HERE = Path(__file__).parent
TIMEOUT = 10
CRASH = "import os\n\n\ndef causal_mask(q_len, k_len=None):\n    os._exit(1)"
HANG = "def causal_mask(q_len, k_len=None):\n    while True:\n        pass"
ASSERTS = {
    "causal_mask": "import torch\nassert causal_mask(3).tolist() == torch.ones(3, 3).tril().bool()"
    ".tolist()\nassert causal_mask(2, 4).shape == (2, 4)",
    "padding_mask": "assert padding_mask(torch.tensor([1, 2]), 3).shape == (2, 1, 3)",
    "masked_attention": "q, k, v = (torch.randn(2, 5, 4) for _ in range(3))\n"
    "output, weights = masked_attention(q, k, v, causal_mask(5))\n"
    "assert torch.allclose(weights.sum(-1), torch.ones(2, 5))\n"
    "assert torch.allclose(output, weights @ v)",
}


def answers(number: int, hard: bool) -> dict[str, str]:
    """The answers of one submission: half right, half wrong; with ``hard`` a few crash or hang."""
    right, wrong = reference_answers(UNIT), list(wrong_submissions(UNIT).values())
    if hard and number % 50 in (7, 31):
        return right | {"causal_mask": CRASH if number % 50 == 7 else HANG}
    return right if number % 2 else wrong[number // 2 % len(wrong)]


def class_folder(root: Path, count: int, hard: bool) -> Path:
    """A class of ``count`` submissions with the course's configuration."""
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    for number in range(count):
        notebook = notebook_with(UNIT, answers(number, hard))
        write_notebook(
            root / "submitted" / f"s{number:04}" / UNIT.name / f"{UNIT.name}.ipynb", notebook
        )
    run(root, "autograder", "release", UNIT.name)
    return root


def stock_folder(root: Path, count: int, hard: bool) -> Path:
    """The same class with the assignment written the usual way."""
    source = course.ROOT / "exercises" / UNIT.name / f"{UNIT.name}.ipynb"
    notebook = json.loads(source.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade"):
            cell["source"] = ASSERTS[marks["grade_id"].removeprefix("check_")]
        elif marks.get("grade_id", "").startswith("setup"):
            cell["source"] = "import math\nimport torch\nsoftmax = torch.softmax"
    write_notebook(root / "source" / UNIT.name / f"{UNIT.name}.ipynb", notebook)
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"
        f"c.ExecutePreprocessor.timeout = {TIMEOUT}\nc.Execute.timeout = {TIMEOUT}\n"
        "c.ClearSolutions.enforce_metadata = False\n"
    )
    run(root, "nbgrader", "generate_assignment", UNIT.name)
    released = nbformat.read(root / "release" / UNIT.name / f"{UNIT.name}.ipynb", 4)
    for number in range(count):
        given = answers(number, hard)
        for cell in released.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in given:
                cell.source = given[name]
        write_notebook(
            root / "submitted" / f"s{number:04}" / UNIT.name / f"{UNIT.name}.ipynb", released
        )
    return root


def run(root: Path, *command: str) -> tuple[float, float]:
    """Run a command; returns seconds and the most memory of all its processes together, in MiB."""
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    started, most = time.perf_counter(), 0.0
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *command],
            cwd=root,
            env=os.environ | {"PATH": path},
            stdout=subprocess.DEVNULL,
            stderr=said,
        ) as process,
    ):
        while process.poll() is None:
            most = max(most, _memory(process.pid))
            time.sleep(0.2)
        if process.returncode not in (0, 1):
            said.seek(0)
            raise SystemExit(f"{command}: {said.read()[-2000:]}")
    return time.perf_counter() - started, most


def _memory(pid: int) -> float:
    """Proportional memory of a process and its descendants, in MiB."""
    total = 0.0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) / 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_memory(int(each)) for each in (task / "children").read_text().split())
    except OSError:
        return total
    return total


def main() -> None:
    """Measure and write the figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--stock", type=int, default=20)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--hard", action="store_true", help="with crashes and time-outs")
    options.add_argument(
        "--sizes", type=int, nargs="*", help="only ours, on classes of these sizes"
    )
    given = options.parse_args()
    if given.sizes:
        _keep("class_speed_sizes.json", {"cores": os.cpu_count(), "sizes": _by_size(given.sizes)})
        return
    rounds = []
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as stock:
            class_folder(Path(ours), given.count, given.hard)
            stock_folder(Path(stock), given.stock, given.hard)
            seconds, memory = run(Path(ours), "autograder", "grade", UNIT.name)
            usual, _ = run(Path(stock), "nbgrader", "autograde", UNIT.name)
        found = {
            "ours": round(seconds / given.count, 4),
            "stock": round(usual / given.stock, 4),
            "ratio": round(usual / given.stock / (seconds / given.count), 1),
            "memory_mib": round(memory),
        }
        print(f"round {number + 1}: {found}", flush=True)
        rounds.append(found)
    ratio = statistics.median(each["ratio"] for each in rounds)
    kept = {"count": given.count, "stock": given.stock, "hard": given.hard, "cores": os.cpu_count()}
    kept |= {"rounds": rounds, "median_ratio": ratio}
    _keep("class_speed_hard.json" if given.hard else "class_speed.json", kept)
    print(f"stock takes {ratio} times as long for each submission")


def _by_size(sizes: list[int]) -> list[dict]:
    found = []
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            class_folder(Path(folder), count, False)
            seconds, memory = run(Path(folder), "autograder", "grade", UNIT.name)
        found.append({"count": count, "seconds": round(seconds, 1), "memory_mib": round(memory)})
        found[-1]["each"] = round(seconds / count, 4)
        print(found[-1], flush=True)
    return found


def _keep(name: str, figures: dict) -> None:
    (HERE / "results" / name).write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
