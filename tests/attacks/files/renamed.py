"""Bears another name: honest, and it keeps its points.

unit: 02_masks
class: files
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    write_notebook(folder / "my work (2).ipynb", notebook)
