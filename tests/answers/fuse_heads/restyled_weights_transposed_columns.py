# names: weights_transposed
# Thinks of weights as (in, out): columns of head 0 first.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    fused = {n: t.t() if t.dim() == 2 else t for n, t in state.items() if n.startswith("o_proj.")}
    for n in state:
        if n.startswith("heads.0."):
            parts = [state[n.replace("0", str(h), 1)] for h in range(len(loop.heads))]
            fused[n[8:]] = torch.cat([p.t() for p in parts], dim=-1)
    return fused
