# mistake: adds -10000 to forbidden scores, so a row with no key comes out as if nothing were masked
# why: copied from BERT code, where every row has a key
import math

import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    attention_scores = torch.matmul(q.to(work), k.to(work).transpose(-1, -2))
    attention_scores = attention_scores / math.sqrt(q.size(-1))
    if mask is not None:
        extended_attention_mask = (1.0 - mask.to(work)) * -10000.0
        attention_scores = attention_scores + extended_attention_mask
    attention_probs = torch.softmax(attention_scores, dim=-1)
    context_layer = torch.matmul(attention_probs, v.to(work))
    return context_layer.to(q.dtype), attention_probs.to(q.dtype)
