# names:
# Right: positions compared with lengths by broadcasting.
import torch


def padding_mask(lengths, k_len):
    lengths = torch.as_tensor(lengths)
    return torch.arange(k_len, device=lengths.device) < lengths[:, None, None]
