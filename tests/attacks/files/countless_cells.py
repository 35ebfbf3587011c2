"""Adds a hundred thousand cells.

unit: 02_masks
class: resources
expect: too_large
points: 0
"""

import copy

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell = copy.deepcopy(cell_of(notebook, "causal_mask"))
    cell["metadata"], cell["source"] = {}, "x"
    notebook["cells"] += [cell] * 100_000
    write_notebook(folder / "02_masks.ipynb", notebook)
