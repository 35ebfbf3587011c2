"""Has a check twice, with points twice, for an answer that is wrong.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

import copy

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(*sizes): return None"
    cell = copy.deepcopy(cell_of(notebook, "check_padding_mask"))
    notebook["cells"] += [cell, cell]
    write_notebook(folder / "02_masks.ipynb", notebook)
