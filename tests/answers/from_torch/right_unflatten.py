# names:
# Right: in_proj unflattened to three, zipped with the names.
def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        if name.startswith("in_proj_"):
            part = name.removeprefix("in_proj_")
            for letter, piece in zip("qkv", tensor.unflatten(0, (3, -1)).unbind(), strict=True):
                ours[f"{letter}_proj.{part}"] = piece
        else:
            ours[name.replace("out_proj", "o_proj")] = tensor
    return ours
