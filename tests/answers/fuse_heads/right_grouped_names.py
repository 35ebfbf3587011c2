# names:
# Right: groups the names of the state_dict by what follows the number.
import re

import torch


def fuse_heads(loop):
    groups = {}
    for name, tensor in loop.state_dict().items():
        found = re.fullmatch(r"heads\.(\d+)\.(.+)", name)
        key, number = (found[2], int(found[1])) if found else (name, 0)
        groups.setdefault(key, []).append((number, tensor))
    return {
        key: torch.cat([t for _, t in sorted(g, key=lambda e: e[0])]) for key, g in groups.items()
    }
