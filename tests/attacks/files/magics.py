"""Has magics and shell lines in an answer: harmless, and it keeps its points.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

from support import cell_of, write_notebook


def hand_in(notebook, folder):
    cell = cell_of(notebook, "padding_mask")
    cell["source"] = "%matplotlib inline\n!touch /tmp/attention-canary-shell\n" + "".join(
        cell["source"]
    )
    write_notebook(folder / "02_masks.ipynb", notebook)
