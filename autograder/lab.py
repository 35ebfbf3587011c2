"""``python -m autograder.lab``, and what Jupyter's settings name of it."""

from .learner.home import add_home
from .learner.lab import CourseContents, DeskContents, main

__all__ = ["CourseContents", "DeskContents", "main"]

# Names that Jupyter looks for.
_load_jupyter_server_extension = add_home


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograder.lab"}]


if __name__ == "__main__":
    main()
