# mistake: stacks the heads on an axis of their own, so weights are (H, d_head, d_model) in place of (H * d_head, d_model)
# why: stack and cat are mixed up
import torch


def fuse_heads(loop):
    old = loop.state_dict()
    new = {}
    for n in ("q_proj", "k_proj", "v_proj"):
        for kind in ("weight", "bias"):
            parts = [
                old[f"heads.{i}.{n}.{kind}"]
                for i in range(len(loop.heads))
                if f"heads.{i}.{n}.{kind}" in old
            ]
            if parts:
                new[f"{n}.{kind}"] = torch.stack(parts)
    for name, tensor in old.items():
        if name.startswith("o_proj"):
            new[name] = tensor.clone()
    return new
