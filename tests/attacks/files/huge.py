"""Is 4 GiB large, and takes no room.

unit: 02_masks
class: files
expect: too_large
points: 0
"""


def hand_in(notebook, folder):
    with open(folder / "02_masks.ipynb", "wb") as file:
        file.truncate(4 << 30)
