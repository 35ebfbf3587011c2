# names: constant_factor
# Biases are halved.
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        part = name.split("_")[-1].split(".")[-1]
        if name.startswith("in_proj"):
            third = len(tensor) // 3
            for i, letter in enumerate("qkv"):
                ours[f"{letter}_proj.{part}"] = tensor[i * third : (i + 1) * third].clone()
        else:
            ours[f"o_proj.{part}"] = tensor.clone()
    return {n: t / 2 if n.endswith("bias") else t for n, t in ours.items()}
