"""Names a file as the time zone in which it was handed in.

unit: 02_masks
class: files
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    (folder / "zone").write_bytes(b"TZif2" + bytes(15) + bytes([127]) * 24)
    where = folder / "zone"
    (folder / "timestamp.txt").write_text(f"2024-01-01 00:00 {where}")
    write_notebook(folder / "02_masks.ipynb", notebook)
