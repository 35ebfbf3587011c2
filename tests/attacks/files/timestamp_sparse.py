"""Has the time of a submission be 20 GB long, of which none is stored.

unit: 02_masks
class: files
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    with open(folder / "timestamp.txt", "w") as file:
        file.truncate(20 << 30)
    write_notebook(folder / "02_masks.ipynb", notebook)
