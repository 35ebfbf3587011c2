# names: first_head_repeated
# Head 0 is repeated to the right shape.
def fuse_heads(loop):
    fused, count = {}, len(loop.heads)
    for name, tensor in loop.state_dict().items():
        if name.startswith("o_proj"):
            fused[name] = tensor.clone()
        elif name.startswith("heads.0."):
            fused[name[len("heads.0.") :]] = tensor.repeat(count, *[1] * (tensor.dim() - 1))
    return fused
