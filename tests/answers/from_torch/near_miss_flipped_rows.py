# names: values_in_other_order
# The rows of the queries come in reverse order.
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
    ours["q_proj.weight"] = ours["q_proj.weight"].flip(0)
    return ours
