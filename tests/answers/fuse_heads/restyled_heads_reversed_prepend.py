# names: heads_reversed
# Each head's rows are put above those before.
import torch


def fuse_heads(loop):
    fused = {}
    for name, tensor in loop.state_dict().items():
        target = name.split(".", 2)[2] if name.startswith("heads") else name
        fused[target] = torch.cat([tensor, fused[target]]) if target in fused else tensor.clone()
    return fused
