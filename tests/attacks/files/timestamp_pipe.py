"""Lays a pipe where nbgrader looks for the time of a submission.

unit: 02_masks
class: files
expect: graded
points: 22
"""

import os

from support import write_notebook


def hand_in(notebook, folder):
    os.mkfifo(folder / "timestamp.txt")
    write_notebook(folder / "02_masks.ipynb", notebook)
