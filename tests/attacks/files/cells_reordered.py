"""Turns the order of all cells around.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    notebook["cells"].reverse()
    write_notebook(folder / "02_masks.ipynb", notebook)
