"""A progress bar that a notebook and a terminal can show, and that leaves nothing behind."""

import sys
import threading
from collections.abc import Iterator

from tqdm import tqdm


def bar(items: list[str], done: int = 0) -> Iterator[str]:
    """Go through ``items`` and show how far it is, on standard output, beside the name of each.

    ``done`` more have been gone through before.
    """
    # tqdm's own lock is one for several processes, and a killed process would leave it behind.
    tqdm.set_lock(threading.RLock())
    with tqdm(
        total=done + len(items),
        initial=done,
        file=sys.stdout,
        unit="part",
        leave=False,
        ncols=100,
        mininterval=0.5,
    ) as shown:
        for item in items:
            shown.set_postfix_str(item)
            yield item
            shown.update()
