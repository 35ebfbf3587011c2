"""Is a link to a file without end.

unit: 02_masks
class: files
expect: missing_file
points: 0
"""


def hand_in(notebook, folder):
    (folder / "02_masks.ipynb").symlink_to("/dev/zero")
