# names: kv_swapped
# The last two thirds are flipped before they get their names.
import torch


def from_torch(mha):
    with torch.no_grad():
        thirds = mha.in_proj_weight.unflatten(0, (3, -1))
        thirds = torch.cat([thirds[:1], thirds[1:].flip(0)])
        ours = {f"{n}_proj.weight": t for n, t in zip("qkv", thirds, strict=True)}
        ours["o_proj.weight"] = mha.out_proj.weight.clone()
        if mha.in_proj_bias is not None:
            thirds = mha.in_proj_bias.unflatten(0, (3, -1))
            thirds = torch.cat([thirds[:1], thirds[1:].flip(0)])
            ours |= {f"{n}_proj.bias": t for n, t in zip("qkv", thirds, strict=True)}
            ours["o_proj.bias"] = mha.out_proj.bias.clone()
    return ours
