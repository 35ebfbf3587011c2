# names: biases_forgotten
# Everything that has no two axes is skipped.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    H = len(loop.heads)
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj") and t.dim() == 2}
    for n in [n for n in state if n.startswith("heads.0.") and state[n].dim() == 2]:
        target = n.removeprefix("heads.0.")
        fused[target] = torch.cat([state[f"heads.{h}.{target}"] for h in range(H)])
    return fused
