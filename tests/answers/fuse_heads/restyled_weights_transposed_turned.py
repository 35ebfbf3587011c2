# names: weights_transposed
# The heads are joined rightly, and q, k, v turned to (in, out) at the end.
import torch


def fuse_heads(loop):
    fused = {}
    for n, t in loop.state_dict().items():
        key = n.split(".", 2)[-1] if n.startswith("heads") else n
        fused[key] = torch.cat((fused[key], t)) if key in fused else t
    turn = ("q_proj.weight", "k_proj.weight", "v_proj.weight")
    return {n: t.T.contiguous() if n in turn else t for n, t in fused.items()}
