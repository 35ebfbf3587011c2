"""Hands in a folder without a notebook.

unit: 02_masks
class: files
expect: missing_file
points: 0
"""


def hand_in(notebook, folder):
    (folder / "notes.txt").write_text("my dog ate it")
