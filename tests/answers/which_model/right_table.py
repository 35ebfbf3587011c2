# names:
# A table of all sizes is made once, by real tensors without memory.
from collections import defaultdict

import torch


def table():
    sizes = defaultdict(list)
    for dtype in (torch.int8, torch.float16, torch.float32):
        for name, row in MODELS.items():  # noqa: F821
            shape = row["layers"], 2, row["kv_heads"], row["d_head"]
            held = torch.empty(shape, dtype=dtype, device="meta")
            sizes[held.nbytes].append((name, held.element_size()))
    return sizes


def which_model(bytes_per_token):
    return table()[bytes_per_token]
