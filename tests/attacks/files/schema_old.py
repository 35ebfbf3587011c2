"""Claims an old version of nbgrader's metadata, which stops stock nbgrader for the whole class.

unit: 02_masks
class: cells
expect: graded
points: 22
"""

from support import write_notebook


def hand_in(notebook, folder):
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 1
    write_notebook(folder / "02_masks.ipynb", notebook)
