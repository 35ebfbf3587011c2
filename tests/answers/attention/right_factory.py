# names:
# Closure factory; the name is assigned, not defined by def; nothing of the earlier exercises is
# used.
import torch


def make_attention(*, power=0.5):
    """An attention whose scores are divided by ``d_head ** power``."""

    def attend(q, k, v):
        work = torch.promote_types(q.dtype, torch.float32)
        q_, k_, v_ = (each.to(work) for each in (q, k, v))
        scores = torch.einsum("...id,...jd->...ij", q_ / q_.shape[-1] ** power, k_)
        odds = (scores - scores.detach().amax(-1, keepdim=True)).exp()
        weights = odds / torch.einsum("...ij->...i", odds)[..., None]
        output = torch.einsum("...ij,...jd->...id", weights, v_)
        return tuple(each.to(q.dtype) for each in (output, weights))

    attend.__name__ = attend.__qualname__ = "attention"
    return attend


attention = make_attention()
