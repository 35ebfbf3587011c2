# names: joined_on_the_wrong_axis
# Joined along the last axis; right for biases, wrong for matrices.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    H = len(loop.heads)
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj")}
    for n in [n for n in state if n.startswith("heads.0.")]:
        target = n.removeprefix("heads.0.")
        fused[target] = torch.cat([state[f"heads.{h}.{target}"] for h in range(H)], dim=-1)
    return fused
