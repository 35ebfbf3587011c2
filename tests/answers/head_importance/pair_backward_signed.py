# names: gradients_left_behind, sign_kept
# backward fills everything, and the slope keeps its sign.
import torch


def head_importance(mha, x, loss, mask=None):
    g = torch.nn.Parameter(torch.ones(mha.num_heads, dtype=x.dtype))
    out = ablate_heads(mha, x, g, mask)  # noqa: F821
    loss(out).backward()
    return g.grad
