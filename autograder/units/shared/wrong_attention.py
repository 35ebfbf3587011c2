"""Wrong versions of masked_attention, for the misconceptions of modules that call it."""

from autograder import course


def attention_with(expression: str, dim: int) -> list[str]:
    """Sources of masked_attention with another ``expression`` in place of its softmax.

    Where nothing is allowed along ``dim``, that may leave NaN. There are three ways to treat this:
    to leave it; to set forbidden weights to 0 afterwards; to set these scores to 0 before as well.
    """
    right = course.exercise("masked_attention").solution
    wrong = right.replace("torch.softmax(scores, dim=-1)", expression)
    zeroed = wrong.replace("weights.masked_fill(empty, 0.0)", "weights.masked_fill(~mask, 0.0)")
    none = f"~mask.broadcast_to(scores.shape).any(dim={dim}, keepdim=True)"
    clean = zeroed.replace("scores.masked_fill(empty, 0.0)", f"scores.masked_fill({none}, 0.0)")
    return [wrong, zeroed, clean]
