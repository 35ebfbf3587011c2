# names: parts_in_another_order
# Unpacks the three parts as v, q, k.
def from_torch(mha):
    state = mha.state_dict()
    v, q, k = state["in_proj_weight"].view(3, -1, mha.embed_dim)
    ours = {"q_proj.weight": q, "k_proj.weight": k, "v_proj.weight": v}
    ours["o_proj.weight"] = state["out_proj.weight"]
    if mha.in_proj_bias is not None:
        v, q, k = state["in_proj_bias"].view(3, -1)
        ours.update({"q_proj.bias": q, "k_proj.bias": k, "v_proj.bias": v})
        ours["o_proj.bias"] = state["out_proj.bias"]
    return ours
