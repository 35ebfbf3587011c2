# names: values_in_other_order
# The rows are in reverse order.
import torch


def padding_mask(lengths, k_len):
    return torch.arange(k_len) < torch.as_tensor(lengths).flip(0)[:, None, None]
