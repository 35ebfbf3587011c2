# names:
# Right: rows are written into empty tensors.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    fused = {name: state[name] for name in state if name.startswith("o_proj")}
    for name, tensor in state.items():
        if name.startswith("o_proj"):
            continue
        _, h, target = name.split(".", 2)
        rows = len(tensor)
        if target not in fused:
            shape = (rows * len(loop.heads), *tensor.shape[1:])
            fused[target] = torch.empty(shape, dtype=tensor.dtype, device=tensor.device)
        fused[target][int(h) * rows : (int(h) + 1) * rows] = tensor
    return fused
