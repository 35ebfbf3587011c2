"""Has the time of a submission be a link to a file without end.

unit: 02_masks
class: files
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    (folder / "timestamp.txt").symlink_to("/dev/zero")
    write_notebook(folder / "02_masks.ipynb", notebook)
