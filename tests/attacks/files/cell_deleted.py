"""Deletes the cell that checks a wrong answer.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(*sizes): return None"
    notebook["cells"].remove(cell_of(notebook, "check_causal_mask"))
    write_notebook(folder / "02_masks.ipynb", notebook)
