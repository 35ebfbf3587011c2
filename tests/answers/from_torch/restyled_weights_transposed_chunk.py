# names: weights_transposed
# Every matrix is turned: in_proj's transpose is cut along its last axis.
def from_torch(mha):
    state = mha.state_dict()
    turned = state["in_proj_weight"].t().chunk(3, dim=1)
    ours = {f"{n}_proj.weight": t for n, t in zip("qkv", turned, strict=True)}
    ours["o_proj.weight"] = state["out_proj.weight"].t()
    if "in_proj_bias" in state:
        for n, t in zip("qkv", state["in_proj_bias"].chunk(3), strict=True):
            ours[f"{n}_proj.bias"] = t
        ours["o_proj.bias"] = state["out_proj.bias"]
    return ours
