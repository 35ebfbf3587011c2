"""Gives the notebook a name that is not UTF-8 and steers a terminal.

unit: 02_masks
class: files
expect: graded
points: 22
"""

import os

from support import write_notebook


def hand_in(notebook, folder):
    write_notebook(folder / os.fsdecode(b"\xff\x1b[2J.ipynb"), notebook)
