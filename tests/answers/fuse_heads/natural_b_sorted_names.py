# mistake: collects the heads in the alphabetical order of their names, in which heads.10 comes before heads.2
# why: an over-engineer who does not want to count the heads, and tried it with three
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    fused = {}
    for name in (
        "q_proj.weight",
        "k_proj.weight",
        "v_proj.weight",
        "q_proj.bias",
        "k_proj.bias",
        "v_proj.bias",
    ):
        parts = [state[key] for key in sorted(state) if key.endswith("." + name)]
        if parts:
            fused[name] = torch.cat(parts, dim=0)
    for key in state:
        if key.startswith("o_proj"):
            fused[key] = state[key].clone()
    return fused
