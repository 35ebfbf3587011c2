"""Lays a link to a file of the system beside the notebook, to have it copied out.

unit: 02_masks
class: files
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    (folder / "data.txt").symlink_to("/etc/passwd")
    write_notebook(folder / "02_masks.ipynb", notebook)
