# names:
# The rows within each head run backwards in the queries only.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    H = len(loop.heads)
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj")}
    for n in [n for n in state if n.startswith("heads.0.")]:
        target = n.removeprefix("heads.0.")
        fused[target] = torch.cat([state[f"heads.{h}.{target}"] for h in range(H)])
        if target.startswith("q_proj"):
            fused[target] = fused[target].unflatten(0, (H, -1)).flip(1).flatten(0, 1)
    return fused
