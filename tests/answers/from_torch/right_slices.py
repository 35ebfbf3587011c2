# names:
# Right: slices of in_proj, read from the module's attributes.
def from_torch(mha):
    d = mha.embed_dim
    ours = {}
    for i, letter in enumerate("qkv"):
        rows = slice(i * d, (i + 1) * d)
        ours[f"{letter}_proj.weight"] = mha.in_proj_weight[rows].detach().clone()
        if mha.in_proj_bias is not None:
            ours[f"{letter}_proj.bias"] = mha.in_proj_bias[rows].detach().clone()
    for name, tensor in mha.out_proj.state_dict().items():
        ours[f"o_proj.{name}"] = tensor.clone()
    return ours
