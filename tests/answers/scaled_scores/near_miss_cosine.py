# names:
# Cosine similarities.


def scaled_scores(q, k):
    unit_q = q / q.norm(dim=-1, keepdim=True)
    unit_k = k / k.norm(dim=-1, keepdim=True)
    return unit_q @ unit_k.mT
