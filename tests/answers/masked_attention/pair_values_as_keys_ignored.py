# names: values_as_keys, mask_ignored
# Queries against values, no mask.
import math


def masked_attention(q, k, v, mask=None):
    table = v.double()
    w = (table @ q.double().mT / math.sqrt(q.shape[-1])).softmax(-2).mT
    return (w @ table).to(q.dtype), w.to(q.dtype)
