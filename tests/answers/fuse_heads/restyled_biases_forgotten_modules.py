# names: biases_forgotten
# Reads layer.weight and nothing else.
import torch


def fuse_heads(loop):
    fused = {"o_proj.weight": loop.o_proj.weight.data.clone()}
    for name in ("q_proj", "k_proj", "v_proj"):
        layers = (head.get_submodule(name) for head in loop.heads)
        fused[name + ".weight"] = torch.vstack([layer.weight.data for layer in layers])
    return fused
