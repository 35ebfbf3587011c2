# names: changes_inputs
# The loop keeps one head when its heads have been collected.
import torch


def fuse_heads(loop):
    fused = {n: t.clone() for n, t in loop.state_dict().items() if n.startswith("o_proj")}
    for head in loop.heads:
        for n, t in head.state_dict().items():
            fused[n] = torch.cat([fused[n], t]) if n in fused else t
    loop.heads = loop.heads[:1]
    return fused
