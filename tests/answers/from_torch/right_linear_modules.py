# names:
# Right: fills four linear layers and returns their state_dict.
import torch
from torch import nn


def from_torch(mha):
    d, bias = mha.embed_dim, mha.in_proj_bias is not None
    like = {"dtype": mha.in_proj_weight.dtype, "device": mha.in_proj_weight.device}
    box = nn.ModuleDict({f"{n}_proj": nn.Linear(d, d, bias=bias, **like) for n in "qkvo"})
    with torch.no_grad():
        for n, w in zip("qkv", mha.in_proj_weight.chunk(3), strict=True):
            box[f"{n}_proj"].weight.copy_(w)
        box["o_proj"].weight.copy_(mha.out_proj.weight)
        if bias:
            for n, b in zip("qkv", mha.in_proj_bias.chunk(3), strict=True):
                box[f"{n}_proj"].bias.copy_(b)
            box["o_proj"].bias.copy_(mha.out_proj.bias)
    return box.state_dict()
