# names: heads_reversed, kv_swapped
# Last head first, and keys under the name of the values.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    fused = {n: t for n, t in state.items() if n.startswith("o_proj")}
    order = range(len(loop.heads) - 1, -1, -1)
    for n in [n[8:] for n in state if n.startswith("heads.0.")]:
        other = {"k": "v", "v": "k"}.get(n[0], n[0]) + n[1:]
        fused[other] = torch.cat([state[f"heads.{h}.{n}"] for h in order])
    return fused
