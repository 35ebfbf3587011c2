# names:
# Right: reads the tensors from the modules themselves.
import torch


def fuse_heads(loop):
    fused = {}
    for name in ("q_proj", "k_proj", "v_proj"):
        layers = [getattr(head, name) if hasattr(head, name) else head[name] for head in loop.heads]
        fused[f"{name}.weight"] = torch.cat([layer.weight.detach() for layer in layers])
        if layers[0].bias is not None:
            fused[f"{name}.bias"] = torch.cat([layer.bias.detach() for layer in layers])
    for name, parameter in loop.o_proj.named_parameters():
        fused["o_proj." + name] = parameter.detach().clone()
    return fused
