# names:
# The last rows of the square mask.
import torch
import torch.nn.functional as F


def incident_2():
    def attend(q, k, v):
        square = torch.ones(k.shape[-2], k.shape[-2], dtype=torch.bool).tril()
        return F.scaled_dot_product_attention(q, k, v, attn_mask=square[-q.shape[-2] :])

    return "a", attend
