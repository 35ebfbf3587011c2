# names:
# Right: vstack and hstack, copies, an OrderedDict.
from collections import OrderedDict

import torch


def fuse_heads(loop):
    state = loop.state_dict()
    count = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("heads."))
    fused = OrderedDict()
    for letter in "qkv":
        for part, join in (("weight", torch.vstack), ("bias", torch.hstack)):
            names = [f"heads.{i}.{letter}_proj.{part}" for i in range(count)]
            if names[0] in state:
                fused[f"{letter}_proj.{part}"] = join([state[n] for n in names])
    fused.update((n, t.clone()) for n, t in state.items() if n.startswith("o_proj."))
    return fused
