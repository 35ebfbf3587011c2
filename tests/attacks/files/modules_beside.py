"""Lays modules beside the notebook that shadow the grader's.

unit: 02_masks
class: files
expect: graded
points: 18
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell_of(notebook, "causal_mask")["source"] = "def causal_mask(*sizes): return None"
    for name in ("numpy", "torch", "sitecustomize", "conftest", "autograder"):
        (folder / f"{name}.py").write_text("import os; os._exit(0)")
    write_notebook(folder / "02_masks.ipynb", notebook)
