"""Breaks off in the middle.

unit: 02_masks
class: files
expect: not_a_notebook
points: 0
"""

import json


def hand_in(notebook, folder):
    text = json.dumps(notebook)
    (folder / "02_masks.ipynb").write_text(text[: len(text) // 2])
