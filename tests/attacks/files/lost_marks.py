"""Has lost all metadata, as after another editor: honest, and it keeps its points.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    write_notebook(folder / "02_masks.ipynb", notebook)
