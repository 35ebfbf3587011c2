"""Waits for somebody to type; that cell is lost, nothing else.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell = cell_of(notebook, "causal_mask")
    cell["source"] = "input()\n" + "".join(cell["source"])
    write_notebook(folder / "02_masks.ipynb", notebook)
