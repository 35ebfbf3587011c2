# names: kv_swapped
# Two lists of names, zipped in different orders.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj")}
    parts = ["weight", "bias"] if "o_proj.bias" in state else ["weight"]
    for part in parts:
        targets = [f"{n}_proj.{part}" for n in "qkv"]
        for target, n in zip(targets, "qvk", strict=True):
            rows = [state[f"heads.{h}.{n}_proj.{part}"] for h in range(len(loop.heads))]
            fused[target] = torch.cat(rows, dim=0)
    return fused
