"""Claims in its metadata to be somebody else.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    notebook["metadata"]["nbgrader"] = {"student": "neighbour", "student_id": "neighbour"}
    write_notebook(folder / "02_masks.ipynb", notebook)
