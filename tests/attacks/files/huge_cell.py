"""Adds a cell that takes a parser 800 MiB.

unit: 02_masks
class: resources
expect: too_large
points: 0
"""

import copy

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell = copy.deepcopy(cell_of(notebook, "causal_mask"))
    cell["metadata"], cell["source"] = {}, "0;" * (1 << 19)
    notebook["cells"].append(cell)
    write_notebook(folder / "02_masks.ipynb", notebook)
