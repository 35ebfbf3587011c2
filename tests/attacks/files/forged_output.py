"""Brings along a result that says full points.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(*sizes): return None"
    cell = cell_of(notebook, "check_causal_mask")
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    cell["outputs"] = [result | {"data": {"text/plain": "4.0"}}]
    write_notebook(folder / "02_masks.ipynb", notebook)
