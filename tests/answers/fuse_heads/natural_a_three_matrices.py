# mistake: leaves out o_proj, weight and bias
# why: o_proj is already one matrix, so there seems to be nothing to do for it
import torch


def fuse_heads(loop):
    out = {}
    for name in ("q_proj", "k_proj", "v_proj"):
        layers = [dict(head.named_children())[name] for head in loop.heads]
        out[f"{name}.weight"] = torch.cat([layer.weight.detach() for layer in layers], dim=0)
        if layers[0].bias is not None:
            out[f"{name}.bias"] = torch.cat([layer.bias.detach() for layer in layers], dim=0)
    return out
