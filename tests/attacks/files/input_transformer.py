"""Adds a cell that rewrites all later cells as they are run.

unit: 02_masks
class: cells
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(*sizes): return None"
    text = 'get_ipython().input_transformers_cleanup.append(lambda lines: ["4.0"])'
    cell = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "source": text}
    notebook["cells"].insert(0, cell | {"execution_count": None})
    write_notebook(folder / "02_masks.ipynb", notebook)
