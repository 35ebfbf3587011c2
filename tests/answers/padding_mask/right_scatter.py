# names:
# Right: end markers, a running sum, and what comes before the marker.
import torch


def padding_mask(lengths, k_len):
    ends = torch.as_tensor(lengths).long().unsqueeze(1)
    marks = ends.new_zeros(ends.shape[0], k_len + 1).scatter(1, ends, 1)
    return marks.cumsum(1)[:, None, :k_len] == 0
