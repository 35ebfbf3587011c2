"""Is a link to the folder of a neighbour, with all that is in it.

unit: 02_masks
class: files
expect: missing_file
points: 0
"""


def hand_in(notebook, folder):
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to("neighbour")
