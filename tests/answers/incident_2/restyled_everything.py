# names: mask_ignored
# New tokens see all keys.
import torch.nn.functional as F


def incident_2():
    return "a", F.scaled_dot_product_attention
