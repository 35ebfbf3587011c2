"""Cannot be parsed in one cell: the others must not suffer.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(:"
    write_notebook(folder / "02_masks.ipynb", notebook)
