"""Has an expression nested so deep that parsers give up.

unit: 02_masks
class: files
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "(" * 50_000 + ")" * 50_000
    write_notebook(folder / "02_masks.ipynb", notebook)
