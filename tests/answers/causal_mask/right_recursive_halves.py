# names:
# Two cells; divide and conquer over the queries, one row at the leaves.
import torch


def sees(count, k_len):
    """One row: the first `count` keys are seen; `count` may be 0 or less."""
    row = torch.zeros(k_len, dtype=torch.bool)
    row[: max(count, 0)] = True
    return row


def rows(first, last, k_len):
    """Rows `first` to `last - 1`, counted by how many keys each of them sees."""
    match last - first:
        case 0:
            return torch.zeros(0, k_len, dtype=torch.bool)
        case 1:
            return sees(first, k_len)[None]
        case size:
            middle = first + size // 2
            return torch.cat([rows(first, middle, k_len), rows(middle, last, k_len)])


# %%
def causal_mask(q_len, k_len=None):
    """Boolean causal mask, aligned bottom-right."""
    if k_len is None:
        k_len = q_len
    return rows(k_len - q_len + 1, k_len + 1, k_len)
