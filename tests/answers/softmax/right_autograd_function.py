# names:
# Torch.autograd.Function with the gradient by hand, wrapped by a decorator of one's own for half
# precision.
import functools

import torch


def in_float32_at_least(function):
    """Run `function` on a wider copy of its first argument, give back the old dtype."""

    @functools.wraps(function)
    def wrapper(scores, *args, **kwargs):
        work = torch.promote_types(scores.dtype, torch.float32)
        return function(scores.to(work), *args, **kwargs).to(scores.dtype)

    return wrapper


class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores, dim):
        top = scores.max(dim=dim, keepdim=True).values if scores.numel() else 0.0
        weights = scores.sub(top).exp_()  # exp_ on the fresh difference, not on the argument
        weights.div_(weights.sum(dim=dim, keepdim=True))
        ctx.save_for_backward(weights)
        ctx.dim = dim
        return weights

    @staticmethod
    def backward(ctx, grad):
        (weights,) = ctx.saved_tensors
        inner = (grad * weights).sum(dim=ctx.dim, keepdim=True)
        return weights * (grad - inner), None


@in_float32_at_least
def softmax(scores, dim=-1):
    """Softmax of ``scores`` along ``dim``."""
    return _Softmax.apply(scores, dim)
