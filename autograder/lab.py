"""``python -m autograder.lab``, and what it has Jupyter load: contents managers, an extension."""

from .learner.home import add_home
from .learner.lab import CourseContents, DeskContents, main

__all__ = ["CourseContents", "DeskContents", "main"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograder.lab"}]


_load_jupyter_server_extension = add_home

if __name__ == "__main__":
    main()
