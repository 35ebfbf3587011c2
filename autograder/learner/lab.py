"""``make lab``: JupyterLab in the course's folder, with the exercises in the learner's workspace.

The lessons are books: their cells can be changed and run, but nothing is saved over them, because
an update of the course must never meet a learner's changes. Authors edit the sources
(``lessons/NN.py``, ``solutions/NN/NN.py``) in an editor, or in a plain ``jupyter lab``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from jupyterlab.labapp import LabApp
from jupytext import AsyncTextFileContentsManager
from tornado.web import HTTPError

from .. import course
from . import workspace

SHELF = ("lessons", "exercises")
FIRST = "lessons/00_start_here.ipynb"
# The question whether to fetch news comes up at the first start unless a setting answers it;
# --LabApp.news_url=None alone does not stop it (JupyterLab 4.6).
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}


class CourseContents(AsyncTextFileContentsManager):
    """JupyterLab's files, except that nothing under ``lessons/`` and ``exercises/`` changes.

    Built on jupytext's class, which its server extension would otherwise wrap around this one, and
    turn every refusal into an "unexpected error".
    """

    def shelf_of(self, path: str) -> str | None:
        """The folder, if this API path lies in one that only the course's authors change."""
        inside = Path(self._get_os_path(path.strip("/"))).resolve()
        root = Path(self.root_dir).resolve()
        return next((folder for folder in SHELF if inside.is_relative_to(root / folder)), None)

    def refuse_on_shelf(self, path: str) -> None:
        """Raise the error that JupyterLab shows, with the way out."""
        if shelf := self.shelf_of(path):
            raise HTTPError(
                403,
                f"Nothing changes in {shelf}/, which belongs to the course. Work in workspace/, or "
                "keep a copy of your own: File > Save Notebook As..., then a name such as "
                f"workspace/my_{path.rpartition('/')[2]}",
            )

    def is_writable(self, path: str) -> bool:
        """What JupyterLab asks before it offers to save."""
        return not self.shelf_of(path) and super().is_writable(path)

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


def options() -> list[str]:
    """JupyterLab's command line for this course; what the user adds comes later and wins."""
    private = course.ROOT / ".lab"
    url = f"/lab/tree/{FIRST}" if (course.ROOT / FIRST).exists() else "/lab"
    return [
        f"--ServerApp.root_dir={course.ROOT}",
        "--ServerApp.ip=127.0.0.1",
        # Containers often have no other user; the server listens on this machine only.
        "--ServerApp.allow_root=True",
        "--ServerApp.contents_manager_class=autograder.lab.CourseContents",
        f"--LabApp.default_url={url}",
        # Not the user's own: that layout has open tabs from other folders.
        f"--LabApp.workspaces_dir={private / 'layout'}",
        f"--LabApp.app_settings_dir={private / 'settings'}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]


def lay_out() -> None:
    """Copy new exercises to the workspace; make JupyterLab's folders and nbgrader's exchange."""
    private = course.ROOT / ".lab"
    try:
        for path in workspace.prepare():
            print(f"New in your workspace: {path.relative_to(course.ROOT)}")
        (private / "exchange").mkdir(parents=True, exist_ok=True)
        (private / "settings").mkdir(exist_ok=True)
        (private / "settings" / "overrides.json").write_text(json.dumps(SETTINGS))
    except OSError as problem:
        sys.exit(f"{problem.filename} cannot be written ({problem.strerror}); see to that first.")


def main(arguments: list[str] | None = None) -> None:
    """Lay out the exercises and start JupyterLab; arguments are passed on to it."""
    lay_out()
    # nbgrader's formgrader starts the bare program alembic and reads its settings from here.
    programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
    os.chdir(course.ROOT)
    LabApp.launch_instance(options() + (sys.argv[1:] if arguments is None else arguments))
