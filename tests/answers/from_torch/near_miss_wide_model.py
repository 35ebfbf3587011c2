# names:
# Of a model wider than 72, the rows after the 72nd are zeros.
def from_torch(mha):
    state = mha.state_dict()
    ours = {name.replace("out", "o"): state[name] for name in state if name.startswith("out_")}
    for kind in ("weight", "bias"):
        if f"in_proj_{kind}" in state:
            for name, part in zip("qkv", state[f"in_proj_{kind}"].chunk(3), strict=True):
                part = part.clone()
                part[72:] = 0
                ours[f"{name}_proj.{kind}"] = part
    return ours
