"""Holds half a surrogate pair, which no file can.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

import copy

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell = copy.deepcopy(cell_of(notebook, "causal_mask"))
    cell["metadata"], cell["source"] = {}, "text = '\ud800'"
    notebook["cells"].append(cell)
    write_notebook(folder / "02_masks.ipynb", notebook)
