# names: rows_interleaved, o_proj_forgotten
# Every third row, and only of in_proj.
def from_torch(mha):
    ours = {}
    for i, n in enumerate("qkv"):
        ours[f"{n}_proj.weight"] = mha.in_proj_weight.detach()[i::3]
        if mha.in_proj_bias is not None:
            ours[f"{n}_proj.bias"] = mha.in_proj_bias.detach()[i::3]
    return ours
