# names: changes_inputs
# PyTorch's module is emptied after the copy.
def from_torch(mha):
    state = mha.state_dict()
    ours = {n.replace("out_proj", "o_proj"): state[n].clone() for n in state if n.startswith("out")}
    for part in [n.removeprefix("in_proj_") for n in state if n.startswith("in_proj_")]:
        pieces = state[f"in_proj_{part}"].clone().chunk(3)
        ours |= {f"{n}_proj.{part}": t for n, t in zip("qkv", pieces, strict=True)}
    for parameter in mha.parameters():
        parameter.data.zero_()
    return ours
