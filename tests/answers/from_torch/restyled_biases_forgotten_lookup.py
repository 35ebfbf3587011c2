# names: biases_forgotten
# Looks for a name that PyTorch does not use, and finds no biases.
def from_torch(mha):
    state = mha.state_dict()
    ours = {"o_proj.weight": state["out_proj.weight"]}
    for n, w in zip(("q_proj", "k_proj", "v_proj"), state["in_proj_weight"].chunk(3), strict=True):
        ours[n + ".weight"] = w
    if "in_proj.bias" in state:
        ours["o_proj.bias"] = state["out_proj.bias"]
        for n, b in zip(
            ("q_proj", "k_proj", "v_proj"), state["in_proj.bias"].chunk(3), strict=True
        ):
            ours[n + ".bias"] = b
    return ours
