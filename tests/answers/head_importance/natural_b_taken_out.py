# mistake: takes each head out and measures how much the loss moves
# why: importance is what breaks without it, as in section 6
import torch


@torch.no_grad()
def head_importance(mha, x, loss, mask=None):
    ones = torch.ones(mha.num_heads, dtype=x.dtype)
    whole = loss(ablate_heads(mha, x, ones, mask))  # noqa: F821
    moved = []
    for h in range(mha.num_heads):
        gates = ones.clone()
        gates[h] = 0
        moved.append((loss(ablate_heads(mha, x, gates, mask)) - whole).abs())  # noqa: F821
    return torch.stack(moved)
