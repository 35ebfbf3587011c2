# names: o_proj_forgotten
# Goes through in_proj and stops.
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        part = name.split("_")[-1].split(".")[-1]
        if name.startswith("in_proj"):
            third = len(tensor) // 3
            for i, letter in enumerate("qkv"):
                ours[f"{letter}_proj.{part}"] = tensor[i * third : (i + 1) * third].clone()
    return ours
