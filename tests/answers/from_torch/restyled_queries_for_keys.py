# names: part_used_twice
# The keys get the rows of the queries too.
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        part = name.split("_")[-1].split(".")[-1]
        if name.startswith("in_proj"):
            third = len(tensor) // 3
            for i, letter in zip((0, 0, 2), "qkv", strict=True):
                ours[f"{letter}_proj.{part}"] = tensor[i * third : (i + 1) * third].clone()
        else:
            ours[f"o_proj.{part}"] = tensor.clone()
    return ours
