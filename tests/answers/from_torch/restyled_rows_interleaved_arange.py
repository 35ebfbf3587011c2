# names: rows_interleaved
# Row r belongs to q, k or v by its remainder.
import torch


def from_torch(mha):
    ours = {}
    for name, tensor in mha.state_dict().items():
        part = name.split("_")[-1].split(".")[-1]
        if name.startswith("in_proj"):
            third = len(tensor) // 3
            for i, letter in enumerate("qkv"):
                ours[f"{letter}_proj.{part}"] = tensor[torch.arange(third) * 3 + i]
        else:
            ours[f"o_proj.{part}"] = tensor.clone()
    return ours
