"""Splits an answer over two cells: honest, and it keeps its points.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell = cell_of(notebook, "causal_mask")
    helper = {
        "cell_type": "code",
        "id": "h",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    helper["source"] = "".join(cell["source"]).replace("def causal_mask", "def helper")
    cell["source"] = "def causal_mask(q_len, k_len=None):\n    return helper(q_len, k_len)"
    notebook["cells"].insert(notebook["cells"].index(cell), helper)
    write_notebook(folder / "02_masks.ipynb", notebook)
