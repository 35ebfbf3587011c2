# names: weights_transposed
# The thirds of in_proj are turned to (in, out); out_proj is left as it is.
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        part = name.split("_")[-1].split(".")[-1]
        if name.startswith("in_proj"):
            third = len(tensor) // 3
            for i, letter in enumerate("qkv"):
                ours[f"{letter}_proj.{part}"] = tensor[i * third : (i + 1) * third].transpose(0, -1)
        else:
            ours[f"o_proj.{part}"] = tensor.clone()
    return ours
