"""Makes its right answer worth 500 points.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(*sizes): return None"
    cell_of(notebook, "check_padding_mask")["metadata"]["nbgrader"]["points"] = 500
    write_notebook(folder / "02_masks.ipynb", notebook)
