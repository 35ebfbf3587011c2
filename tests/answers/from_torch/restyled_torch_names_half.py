# names: torch_names
# in_proj is cut as it should be, the output keeps the name out_proj.
def from_torch(mha):
    ours = dict(mha.state_dict())
    for part in ("weight", "bias"):
        if f"in_proj_{part}" in ours:
            for n, t in zip("qkv", ours.pop(f"in_proj_{part}").chunk(3), strict=True):
                ours[f"{n}_proj.{part}"] = t
    return ours
