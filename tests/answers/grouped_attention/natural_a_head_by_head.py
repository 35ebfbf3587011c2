# mistake: takes mask[:, h] without broadcasting first, so a mask shared by the heads raises an error or is read as one of its columns
# why: thinks of masks that already have all heads
import torch


def grouped_attention(q, k, v, mask=None):
    H, H_kv = q.shape[1], k.shape[1]
    if H % H_kv != 0:
        raise ValueError("H must be a multiple of H_kv")
    outputs = []
    for h in range(H):
        kv = h // (H // H_kv)
        m = None
        if mask is not None:
            m = mask[:, h]
        out, _ = masked_attention(q[:, h], k[:, kv], v[:, kv], m)
        outputs.append(out)
    return torch.stack(outputs, dim=1)
