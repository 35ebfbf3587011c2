# names: joined_on_the_wrong_axis
# hstack for matrices and biases alike.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    fused = {n: t for n, t in state.items() if n.startswith("o_proj")}
    for name in ("q_proj", "k_proj", "v_proj"):
        layers = [head.get_submodule(name) for head in loop.heads]
        fused[f"{name}.weight"] = torch.hstack([layer.weight.detach() for layer in layers])
        if loop.o_proj.bias is not None:
            fused[f"{name}.bias"] = torch.hstack([layer.bias.detach() for layer in layers])
    return fused
