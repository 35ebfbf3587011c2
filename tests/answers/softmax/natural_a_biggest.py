# mistake: subtracts the largest absolute value of the row in place of its largest score, so rows of very low scores become 0 / 0
# why: thinks of "too large" as size without sign, since -1e4 and 1e4 are both named as dangerous
import torch


def softmax(scores, dim=-1):
    """Softmax of ``scores`` along ``dim``."""
    biggest = scores.abs().amax(dim=dim, keepdim=True)
    e = torch.exp(scores - biggest)
    return e / e.sum(dim=dim, keepdim=True)
