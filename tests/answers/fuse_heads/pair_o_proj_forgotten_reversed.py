# names: o_proj_forgotten, heads_reversed
# Heads from last to first, and no o_proj.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    names = [n.removeprefix("heads.0.") for n in state if n.startswith("heads.0.")]
    hs = list(range(len(loop.heads)))[::-1]
    return {n: torch.cat([state[f"heads.{h}.{n}"] for h in hs]) for n in names}
