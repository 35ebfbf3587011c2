# names:
# Right: weights and biases by dictionary comprehension, contiguous copies.
import torch


def from_torch(mha):
    state = mha.state_dict()
    names = ("q_proj", "k_proj", "v_proj")
    pieces = {}
    for part in ("weight", "bias"):
        if f"in_proj_{part}" not in state:
            continue
        thirds = torch.tensor_split(state[f"in_proj_{part}"], 3)
        pieces.update({f"{n}.{part}": t.contiguous() for n, t in zip(names, thirds, strict=True)})
        pieces[f"o_proj.{part}"] = state[f"out_proj.{part}"].clone()
    return pieces
