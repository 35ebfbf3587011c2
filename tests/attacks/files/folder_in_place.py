"""Is a folder with the name of a notebook.

unit: 02_masks
class: files
expect: missing_file
points: 0
"""


def hand_in(notebook, folder):
    (folder / "02_masks.ipynb").mkdir()
