# mistake: `if loop.o_proj.bias:` asks for the truth of a tensor of many numbers and raises an error
# why: a bias is either there or None, so `if bias` looks like the natural question
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    count = len(loop.heads)
    kinds = ["weight"]
    if loop.o_proj.bias:
        kinds.append("bias")
    result = {}
    for kind in kinds:
        for name in ("q_proj", "k_proj", "v_proj"):
            rows = [state[f"heads.{i}.{name}.{kind}"] for i in range(count)]
            result[f"{name}.{kind}"] = torch.cat(rows, dim=0)
        result[f"o_proj.{kind}"] = state[f"o_proj.{kind}"].clone()
    return result
