"""What the desk of a learner holds: lessons without outputs, exercises, and the way through them.

Notebooks are plain JSON here: whatever else one holds stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import course

NEXT_ID = "what-comes-next"
_UNIT = "[0-9][0-9]_*"


@dataclass(frozen=True)
class Thing:
    """A notebook of the course, and the learner's own copy of it."""

    released: Path
    copy: Path

    @property
    def is_lesson(self) -> bool:
        """Whether it is a lesson; else it holds exercises."""
        return self.copy.match("*_lesson.ipynb")

    @property
    def is_there(self) -> bool:
        """Whether the learner has a copy; of a lesson, one of the text that is released now."""
        if not self.is_lesson:
            return self.copy.exists()
        wanted = _digest(_read(self.released))
        beside = self.copy.parent.glob(f"{self.copy.stem}*.ipynb")
        return any(_made_from(each) == wanted for each in beside)


def things() -> list[Thing]:
    """All lessons and exercises, in the order in which they are worked through."""
    exercises = course.ROOT.glob(f"exercises/{_UNIT}/{_UNIT}.ipynb")
    released = [path for path in exercises if path.stem == path.parent.name]
    found = [
        Thing(path, course.lesson_copy(path.stem))
        for path in course.ROOT.glob(f"lessons/{_UNIT}.ipynb")
    ]
    found += [Thing(path, course.WORKSPACE / path.stem / path.name) for path in released]
    return sorted(found, key=lambda thing: (thing.released.stem, not thing.is_lesson))


def content_of(thing: Thing) -> bytes:
    """The notebook as the learner gets it.

    A lesson has no outputs, or its predictions would be answered before they are made. The kernel
    is described as Jupyter itself would: else a notebook counts as changed when it is opened.
    """
    notebook = _read(thing.released)
    if not notebook.get("cells"):
        return thing.released.read_bytes()
    metadata = notebook.setdefault("metadata", {})
    if thing.is_lesson:
        metadata["attention_heads"] = {"lesson": _digest(notebook)}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
    metadata["language_info"] = _language_info()
    notebook["cells"] += _way_on(thing)
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def _way_on(thing: Thing) -> Iterator[dict]:
    """A cell that links to what comes next, if anything does."""
    everything = things()
    after = everything[everything.index(thing) + 1 :]
    if after:
        path = after[0].copy
        near = (
            path.name if path.parent == thing.copy.parent else f"../{path.parent.name}/{path.name}"
        )
        text = f"**Next: [{_title(after[0])}]({near})**"
        yield {"cell_type": "markdown", "id": NEXT_ID, "metadata": {}, "source": [text]}


def _title(thing: Thing) -> str:
    text = "".join(_read(thing.released)["cells"][0]["source"])
    title = text.splitlines()[0].removeprefix("# ")
    return f"Lesson {title}" if thing.is_lesson else title


def _read(path: Path) -> dict:
    """The notebook; an empty one in place of what is none."""
    try:
        notebook = json.loads(path.read_bytes())
        return notebook if isinstance(notebook, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _digest(lesson: dict) -> str:
    """The text of a lesson, hashed: a new run of it is no new lesson."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in lesson.get("cells", [])]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def _made_from(copy: Path) -> str | None:
    """The digest of the lesson that a copy was made from."""
    try:
        return _read(copy)["metadata"]["attention_heads"]["lesson"]
    except (KeyError, TypeError):
        return None


def _language_info() -> dict:
    return {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": platform.python_version(),
    }
