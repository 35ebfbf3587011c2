# names:
# An assigned lambda, outer comparison of two ranges.
import torch

causal_mask = lambda q_len, k_len=None: torch.ge(  # noqa: E731
    torch.arange(q_len).unsqueeze(1) + ((q_len if k_len is None else k_len) - q_len),
    torch.arange(q_len if k_len is None else k_len).unsqueeze(0),
)
