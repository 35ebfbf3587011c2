"""Lays a pipe beside the notebook, which whoever copies the folder waits for.

unit: 02_masks
class: files
expect: graded
points: 22
"""

import os

from support import write_notebook


def hand_in(notebook, folder):
    os.mkfifo(folder / "data.txt")
    write_notebook(folder / "02_masks.ipynb", notebook)
