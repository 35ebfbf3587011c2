"""Is empty.

unit: 02_masks
class: files
expect: not_a_notebook
points: 0
"""


def hand_in(notebook, folder):
    (folder / "02_masks.ipynb").write_bytes(b"")
