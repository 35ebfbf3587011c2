"""Is a link to somebody else's submission.

unit: 02_masks
class: files
expect: missing_file
points: 0
"""


def hand_in(notebook, folder):
    target = folder.parents[1] / "neighbour" / "02_masks" / "02_masks.ipynb"
    (folder / "02_masks.ipynb").symlink_to(target)
