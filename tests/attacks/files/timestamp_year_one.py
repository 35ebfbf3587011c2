"""Claims to have been handed in before any due date.

unit: 02_masks
class: files
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    (folder / "timestamp.txt").write_text("0001-01-01")
    write_notebook(folder / "02_masks.ipynb", notebook)
