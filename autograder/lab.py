"""``python -m autograder.lab``, and ``autograder.lab.CourseContents`` for Jupyter's settings."""

from .learner.lab import CourseContents, main

__all__ = ["CourseContents", "main"]

if __name__ == "__main__":
    main()
