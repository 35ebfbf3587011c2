# names: constant_factor
# The scale of the scores is folded into the queries' weights.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    H = len(loop.heads)
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj")}
    for n in [n for n in state if n.startswith("heads.0.")]:
        target = n.removeprefix("heads.0.")
        fused[target] = torch.cat([state[f"heads.{h}.{target}"] for h in range(H)])
    for n in fused:
        if n.startswith("q_proj"):
            fused[n] = fused[n] / (fused[n].shape[0] // H) ** 0.5
    return fused
