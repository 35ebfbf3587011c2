# names: biases_forgotten
# Only what has two axes is taken along.
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        if tensor.ndim < 2:
            continue
        part = name.split("_")[-1].split(".")[-1]
        if name.startswith("in_proj"):
            third = len(tensor) // 3
            for i, letter in enumerate("qkv"):
                ours[f"{letter}_proj.{part}"] = tensor[i * third : (i + 1) * third].clone()
        else:
            ours[f"o_proj.{part}"] = tensor.clone()
    return ours
