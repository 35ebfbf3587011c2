# names: o_proj_forgotten
# Only names of heads are looked at.
import torch


def fuse_heads(loop):
    groups = {}
    for name, tensor in loop.state_dict().items():
        if name.startswith("heads."):
            groups.setdefault(name.split(".", 2)[-1], []).append(tensor)
    return {name: torch.cat(tensors) for name, tensors in groups.items()}
