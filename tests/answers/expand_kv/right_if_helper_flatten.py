# names:
# Helper defined under an if, walrus in the check, expand on a new axis and flatten.
import torch

if hasattr(torch.Tensor, "unflatten"):

    def with_group_axis(x, size):
        return x.unflatten(1, (-1, 1)).expand(-1, -1, size, -1, -1)

else:

    def with_group_axis(x, size):
        return x[:, :, None].expand(-1, -1, size, -1, -1)


def expand_kv(x, num_heads):
    """Repeat each KV head for the query heads of its group."""
    if left := num_heads % x.shape[1]:
        raise ValueError(f"{left} of {num_heads} query heads would be left over")
    return with_group_axis(x, num_heads // x.shape[1]).flatten(1, 2)
