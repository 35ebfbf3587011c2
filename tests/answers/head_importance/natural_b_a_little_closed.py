# mistake: closes each gate by 0.1 and divides what the loss moves by 0.1
# why: that is what the lesson says a slope means
import torch


def head_importance(mha, x, loss, mask=None):
    with torch.no_grad():
        ones = torch.ones(mha.num_heads, dtype=x.dtype)
        open_loss = loss(ablate_heads(mha, x, ones, mask))  # noqa: F821
        slopes = []
        for h in range(mha.num_heads):
            gates = ones.clone()
            gates[h] -= 0.1
            closed = loss(ablate_heads(mha, x, gates, mask))  # noqa: F821
            slopes.append((open_loss - closed) / 0.1)
    return torch.stack(slopes).abs()
