# names:
# Right: end markers, a running sum, and what comes before the marker.
import torch


def padding_mask(lengths, k_len):
    ends = torch.as_tensor(lengths).long().unsqueeze(1)
    marks = torch.zeros(ends.shape[0], k_len + 1, dtype=torch.long).scatter(1, ends, 1)
    return marks.cumsum(1)[:, None, :k_len] == 0
