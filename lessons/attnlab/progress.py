"""A progress bar that a notebook and a terminal can show, and that leaves nothing behind."""

import sys

from tqdm import tqdm


def bar(items, name=str):
    """Go through ``items`` and show how far it is, on standard output.

    Args:
        items: what to go through.
        name: what stands beside the bar, of the item that is worked on.
    """
    options = {"unit": "part", "leave": False, "ncols": 100, "mininterval": 0.5}
    with tqdm(items, file=sys.stdout, **options) as shown:
        for each in shown:
            shown.set_postfix_str(name(each))
            yield each
