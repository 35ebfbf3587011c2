"""A progress bar that a notebook and a terminal can show, and that leaves nothing behind."""

import sys

from tqdm import tqdm


def bar(items: list[str]):
    """Go through ``items`` and show how far it is, on standard output, beside the name of each."""
    options = {"unit": "part", "leave": False, "ncols": 100, "mininterval": 0.5}
    with tqdm(items, file=sys.stdout, **options) as shown:
        for each in shown:
            shown.set_postfix_str(each)
            yield each
