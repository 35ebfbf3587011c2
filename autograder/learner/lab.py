"""``make lab``: JupyterLab for a learner; ``make teach``: the same for whoever teaches.

A learner sees the workspace and can change nothing else. Whoever teaches sees the course's whole
folder with nbgrader's buttons; lessons and exercises cannot be saved over there either, because an
update of the course must never meet changes. Authors edit the sources (``lessons/NN.py``,
``solutions/NN/NN.py``) in an editor, or in a plain ``jupyter lab``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from jupyterlab.labapp import LabApp
from jupytext import AsyncTextFileContentsManager
from tornado.web import HTTPError

from .. import course
from . import home, workspace

TEACH = "--teach"
# The question whether to fetch news comes up at the first start unless a setting answers it;
# --LabApp.news_url=None alone does not stop it (JupyterLab 4.6).
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
# What a learner has no use for. "Validate" knows nothing of our checks and calls a blank exercise
# partly right.
BUTTONS = ["@jupyter/nbgrader"]


class CourseContents(AsyncTextFileContentsManager):
    """JupyterLab's files, except that nothing under ``lessons/`` and ``exercises/`` changes.

    Built on jupytext's class, which its server extension would otherwise wrap around this one, and
    turn every refusal into an "unexpected error".
    """

    def is_on_shelf(self, path: str) -> bool:
        """Whether this API path lies where only the course's authors change anything."""
        inside = self.place_of(path)
        root = Path(self.root_dir).resolve()
        return any(inside.is_relative_to(root / each) for each in ("lessons", "exercises"))

    def place_of(self, path: str) -> Path:
        """The file or folder that an API path means, wherever links lead."""
        return Path(self._get_os_path(path.strip("/"))).resolve()

    def refuse_on_shelf(self, path: str) -> None:
        """Raise the error that JupyterLab shows, with the way out."""
        if self.is_on_shelf(path):
            raise HTTPError(
                403,
                "Nothing changes here, which belongs to the course. Work in workspace/, or keep a "
                "copy of your own: File > Save Notebook As..., then a name such as "
                f"workspace/my_{path.rpartition('/')[2]}",
            )

    def is_writable(self, path: str) -> bool:
        """What JupyterLab asks before it offers to save."""
        return not self.is_on_shelf(path) and super().is_writable(path)

    async def save(self, model: dict, path: str = "") -> dict:
        """Save, except on the shelf."""
        self.refuse_on_shelf(path)
        return await super().save(model, path)

    async def delete_file(self, path: str) -> None:
        """Delete, except on the shelf."""
        self.refuse_on_shelf(path)
        return await super().delete_file(path)

    async def rename_file(self, old_path: str, new_path: str) -> None:
        """Rename or move, except from or onto the shelf."""
        self.refuse_on_shelf(old_path)
        self.refuse_on_shelf(new_path)
        return await super().rename_file(old_path, new_path)

    async def restore_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """Go back to a checkpoint, except on the shelf."""
        self.refuse_on_shelf(path)
        return await super().restore_checkpoint(checkpoint_id, path)


class DeskContents(CourseContents):
    """The files of a learner: the workspace; all else is on the shelf, and not even listed."""

    def is_on_shelf(self, path: str) -> bool:
        """Whether this API path lies outside the workspace."""
        return not self.place_of(path).is_relative_to(course.WORKSPACE.resolve())

    async def get(self, path: str, *args: Any, **kwargs: Any) -> dict:
        """A file or folder; of the course's own folder, only the way to the workspace."""
        model = await super().get(path, *args, **kwargs)
        if not path.strip("/") and model["content"]:
            shown = [each for each in model["content"] if not self.is_on_shelf(each["path"])]
            model["content"] = shown
        return model


def options(teach: bool = False) -> list[str]:
    """JupyterLab's command line for this course; what the user gives in its place wins."""
    private = course.ROOT / ".lab"
    # A workspace elsewhere is a desk of its own.
    root = course.ROOT if course.WORKSPACE.is_relative_to(course.ROOT) else course.WORKSPACE
    return [
        f"--ServerApp.root_dir={course.ROOT if teach else root}",
        "--ServerApp.ip=127.0.0.1",
        # Containers often have no other user; the server listens on this machine only.
        "--ServerApp.allow_root=True",
        "--ServerApp.contents_manager_class=autograder.lab."
        + ("CourseContents" if teach else "DeskContents"),
        "--ServerApp.jpserver_extensions=autograder.lab=True",
        f"--LabApp.default_url={'/lab' if teach else home.URL}",
        # A login shell, Jupyter's choice where its output is no screen, would forget .venv.
        *_shell(),
        # Not the user's own: that layout has open tabs from other folders.
        f"--LabApp.workspaces_dir={private / 'layout'}",
        f"--LabApp.app_settings_dir={private / ('teach' if teach else 'settings')}",
        # What is left is where to open it.
        "--log-level=WARN",
        "--LabApp.log_level=WARN",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]


def _shell() -> list[str]:
    """Which shell a terminal of JupyterLab runs; on Windows Jupyter's choice will do."""
    if os.name == "nt":
        return []
    return [f"--ServerApp.terminado_settings=shell_command={os.environ.get('SHELL') or 'sh'}"]


def lay_out() -> None:
    """Lay out what is new for the workspace; make JupyterLab's folders and nbgrader's exchange."""
    private = course.ROOT / ".lab"
    is_new = not course.WORKSPACE.exists()
    try:
        new = workspace.prepare()
        (private / "exchange").mkdir(parents=True, exist_ok=True)
        for name, disabled in (("settings", BUTTONS), ("teach", [])):
            (private / name).mkdir(exist_ok=True)
            (private / name / "overrides.json").write_text(json.dumps(SETTINGS))
            page = {"disabledExtensions": disabled}
            (private / name / "page_config.json").write_text(json.dumps(page))
    except OSError as problem:
        sys.exit(f"{problem.filename} cannot be written ({problem.strerror}); see to that first.")
    if is_new:
        print(f"Your lessons and exercises are in {course.WORKSPACE}. No update writes over them.")
        return
    for path in new:
        print(workspace.described(path))


def main(arguments: list[str] | None = None) -> None:
    """Lay out the desk and start JupyterLab; arguments are passed on to it, but ``--teach``."""
    given = sys.argv[1:] if arguments is None else arguments
    lay_out()
    # nbgrader's formgrader starts the bare program alembic and reads its settings from here.
    programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
    os.chdir(course.ROOT)
    own = [each for each in given if each != TEACH]
    # Jupyter refuses an option that is there twice.
    named = {each.partition("=")[0] for each in own}
    ours = [each for each in options(teach=TEACH in given) if each.partition("=")[0] not in named]
    LabApp.launch_instance(ours + own)
