"""``python -m autograder.lab``, and its contents managers for Jupyter's settings."""

from .learner.lab import CourseContents, DeskContents, main

__all__ = ["CourseContents", "DeskContents", "main"]

if __name__ == "__main__":
    main()
