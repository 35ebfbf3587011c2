# names: changes_inputs, heads_reversed
# The loop's own list of heads is reversed, then joined.
import torch


def fuse_heads(loop):
    loop.heads = type(loop.heads)(reversed(list(loop.heads)))
    fused = {n: t for n, t in loop.state_dict().items() if n.startswith("o_proj")}
    for head in loop.heads:
        for n, t in head.state_dict().items():
            fused[n] = torch.cat((fused[n], t)) if n in fused else t.clone()
    return fused
