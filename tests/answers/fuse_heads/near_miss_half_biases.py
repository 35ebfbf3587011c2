# names: constant_factor
# All biases are halved.
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    H = len(loop.heads)
    fused = {n: t.clone() for n, t in state.items() if n.startswith("o_proj")}
    for n in [n for n in state if n.startswith("heads.0.")]:
        target = n.removeprefix("heads.0.")
        fused[target] = torch.cat([state[f"heads.{h}.{target}"] for h in range(H)])
    return {n: t * 0.5 if n.endswith("bias") else t for n, t in fused.items()}
