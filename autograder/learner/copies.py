"""What the desk of a learner holds: lessons without outputs, exercises, and the way through them.

Notebooks are plain JSON here: whatever else one holds stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from .. import course

NEXT_ID = "what-comes-next"
_UNIT = "[0-9][0-9]_*"
_LINK = re.compile(r"\]\([^)#\s]+")


@dataclass(frozen=True)
class Thing:
    """A notebook of the course, and the learner's own copy of it."""

    released: Path
    copy: Path
    is_lesson: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the learner has a copy; of a lesson, one of the text that is released now."""
        return self.current is not None

    @property
    def current(self) -> Path | None:
        """That copy."""
        if not self.is_lesson:
            return self.copy if self.copy.exists() else None
        wanted = _digest(read(self.released))
        beside = [self.copy, *sorted(self.copy.parent.glob(f"{self.copy.stem}*.ipynb"))]
        return next((each for each in beside if _made_from(each) == wanted), None)


def things() -> list[Thing]:
    """All lessons and exercises, in the order in which they are worked through."""
    exercises = course.ROOT.glob(f"exercises/{_UNIT}/{_UNIT}.ipynb")
    released = [path for path in exercises if path.stem == path.parent.name]
    found = [
        Thing(path, course.lesson_copy(path.stem), is_lesson=True)
        for path in course.ROOT.glob(f"lessons/{_UNIT}.ipynb")
    ]
    found += [Thing(path, course.WORKSPACE / path.stem / path.name) for path in released]
    return sorted(found, key=lambda thing: (thing.released.stem, not thing.is_lesson))


def content_of(thing: Thing) -> bytes:
    """The notebook as the learner gets it.

    A lesson has no outputs, or its predictions would be answered before they are made. The kernel
    is described as Jupyter itself would: else a notebook counts as changed when it is opened. What
    fetches the course in Google Colab is of no use here.
    """
    notebook = read(thing.released)
    if not notebook.get("cells"):
        return thing.released.read_bytes()
    notebook["cells"] = of_the_course(notebook)
    metadata = notebook.setdefault("metadata", {})
    if thing.is_lesson:
        metadata["attention_heads"] = {"lesson": _digest(notebook)}
    metadata["language_info"] = language_info()
    links = _links(thing)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and thing.is_lesson:
            cell.update(outputs=[], execution_count=None)
        elif cell["cell_type"] == "markdown":
            lines = "".join(cell["source"]).splitlines(keepends=True)
            cell["source"] = [
                _LINK.sub(lambda link: links.get(link[0], link[0]), line) for line in lines
            ]
    _add_the_way_on(notebook["cells"], thing)
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def _links(thing: Thing) -> dict[str, str]:
    """Links as the released notebooks have them, and the same among the copies."""
    return {_link(each.released, thing.released): _link(each.copy, thing.copy) for each in things()}


def _link(path: Path, start: Path) -> str:
    return "](" + os.path.relpath(path, start.parent).replace(os.sep, "/")


def _add_the_way_on(cells: list[dict], thing: Thing) -> None:
    """Let the notebook end with a link to what comes next, if anything does."""
    everything = things()
    for after in everything[everything.index(thing) + 1 :][:1]:
        link = _link(after.copy, thing.copy)
        if link not in "".join(cells[-1]["source"]):
            text = f"**Next: [{_title(after)}{link})**"
            cells.append({"cell_type": "markdown", "id": NEXT_ID, "metadata": {}, "source": [text]})


def texts_of(notebook: dict, kind: str) -> list[str]:
    """The cells of a kind, ``code`` or ``markdown``."""
    cells = notebook.get("cells", [])
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


def _title(thing: Thing) -> str:
    cells = read(thing.released).get("cells") or [{"source": thing.released.stem}]
    title = "".join(cells[0]["source"]).partition("\n")[0].removeprefix("# ")
    return f"Lesson {title}" if thing.is_lesson else title


def read(path: Path) -> dict:
    """The notebook; an empty one in place of what is none."""
    try:
        notebook = json.loads(path.read_bytes())
        return notebook if isinstance(notebook, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}


def of_the_course(notebook: dict) -> list[dict]:
    """The cells of a released notebook but the one that fetches the course in Google Colab."""
    return [cell for cell in notebook.get("cells", []) if cell.get("id") != course.COLAB_ID]


def _digest(lesson: dict) -> str:
    """The text of a lesson, hashed: a new run of it is no new lesson."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in of_the_course(lesson)]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def _made_from(copy: Path) -> str | None:
    """The digest of the lesson that a copy was made from."""
    try:
        return read(copy)["metadata"]["attention_heads"]["lesson"]
    except (KeyError, TypeError):
        return None


def language_info() -> dict:
    """What Jupyter writes into a notebook that this Python has opened."""
    return {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": platform.python_version(),
    }
