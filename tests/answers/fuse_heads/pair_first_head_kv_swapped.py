# names: first_head_repeated, kv_swapped
# Head 0 everywhere, and k and v exchanged.
import torch


def fuse_heads(loop):
    state, count = loop.state_dict(), len(loop.heads)
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj")}
    for ours, theirs in (("q_proj", "q_proj"), ("k_proj", "v_proj"), ("v_proj", "k_proj")):
        for part in ("weight", "bias"):
            tensor = state.get(f"heads.0.{theirs}.{part}")
            if tensor is not None:
                fused[f"{ours}.{part}"] = torch.cat([tensor] * count)
    return fused
