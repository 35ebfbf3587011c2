# names: changes_inputs
# A tidy-up that divides the module's own queries in place, after they were copied.
def from_torch(mha):
    d = mha.embed_dim
    ours = {
        f"{n}_proj.weight": mha.in_proj_weight.data[i * d :][:d].clone()
        for i, n in enumerate("qkv")
    }
    ours |= {f"o_proj.{n}": p.data.clone() for n, p in mha.out_proj.named_parameters()}
    if mha.in_proj_bias is not None:
        for i, n in enumerate("qkv"):
            ours[f"{n}_proj.bias"] = mha.in_proj_bias.data[i * d :][:d].clone()
    mha.in_proj_weight.data[:d] /= mha.head_dim**0.5
    return ours
