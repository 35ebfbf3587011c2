"""Asks for a kernel that is a program of the attacker's.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    notebook["metadata"]["kernelspec"] = {"name": "evil", "display_name": "evil", "language": "sh"}
    write_notebook(folder / "02_masks.ipynb", notebook)
