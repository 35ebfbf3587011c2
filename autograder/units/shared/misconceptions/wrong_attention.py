"""Wrong versions of attention, for the misconceptions of modules that call it."""

from autograder.grading.misconceptions import Edit, calling, edit, known_in

_INNER = "masked_attention"


def attention_with(expression: str, dim: int) -> list[Edit]:
    """Edits of masked_attention that put another ``expression`` in place of its softmax.

    Where nothing is allowed along ``dim``, that may leave NaN. There are three ways to treat this:
    to leave it; to set forbidden weights to 0 afterwards; to set these scores to 0 before as well.
    """
    wrong = ("torch.softmax(scores, dim=-1)", expression)
    zeroed = ("weights.masked_fill(empty, 0.0)", "weights.masked_fill(~mask, 0.0)")
    none = f"~mask.broadcast_to(scores.shape).any(dim={dim}, keepdim=True)"
    clean = ("scores.masked_fill(empty, 0.0)", f"scores.masked_fill({none}, 0.0)")
    ways = (wrong, wrong + zeroed, wrong + zeroed + clean)
    return [edit(*texts, fails="plain_attention") for texts in ways]


def around_known(name: str, fails: str, most: int | None = None, inner: str = _INNER) -> list[Edit]:
    """Edits that call an ``inner`` with this misconception, ``most`` of its ways at most."""
    return [calling(inner, wrong, fails) for wrong in known_in(inner, name)[:most]]


def around_attention_with(expression: str, fails: str, dim: int = -1) -> list[Edit]:
    """Edits that call a masked_attention with other weights than softmax gives."""
    return [calling(_INNER, wrong, fails) for wrong in attention_with(expression, dim)]


def without_biases(fails: str) -> list[Edit]:
    """Edits of a module that multiply by the weights of all, or of some, of its projections."""
    return [
        edit(
            *(
                text
                for name in names
                for text in (f"self.{name}_proj(", f"(lambda t: t @ self.{name}_proj.weight.mT)(")
            ),
            fails=fails,
        )
        for names in ("qkvo", "qkv", "o")
    ]
