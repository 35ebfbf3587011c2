"""Brings along metadata that looks like the grader's own.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(*sizes): return None"
    notebook["metadata"]["autograder"] = {"verdict": {"points": 21}, "key": "x", "missing": []}
    write_notebook(folder / "02_masks.ipynb", notebook)
