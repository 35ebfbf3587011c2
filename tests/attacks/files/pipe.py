"""Is a pipe that nobody writes to.

unit: 02_masks
class: files
expect: missing_file
points: 0
"""

import os


def hand_in(notebook, folder):
    os.mkfifo(folder / "02_masks.ipynb")
