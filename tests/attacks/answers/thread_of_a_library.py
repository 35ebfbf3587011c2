"""Asks a thread that stood there before the question, one of a library's: it is watched as well.

exercise: masked_attention
class: policy
expect: forbidden
points: 0
flagged: yes
"""

import time

import torch
from tqdm import TMonitor


class Works:
    asked, answered = [], []

    @classmethod
    def get_lock(cls):
        while True:
            if cls.asked:
                q, k, v, mask = cls.asked.pop()
                fused = torch.nn.functional.scaled_dot_product_attention
                cls.answered.append(fused(q, k, v, attn_mask=mask))
            time.sleep(0.001)


TMonitor(Works, 0.01)


def masked_attention(q, k, v, mask=None):
    Works.asked.append((q, k, v, mask))
    while not Works.answered:
        pass
    output = Works.answered.pop()
    scores = q @ k.mT / q.shape[-1] ** 0.5
    return output, (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1)
