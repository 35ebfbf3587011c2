# names:
# Right: an error of its own, which is a ValueError.
class HeadsError(ValueError):
    """Numbers of heads that do not go together."""


def expand_kv(x, num_heads):
    group, rest = divmod(num_heads, x.shape[1])
    if rest:
        raise HeadsError(f"{x.shape[1]} into {num_heads}")
    return x[:, [i // group for i in range(num_heads)]]
