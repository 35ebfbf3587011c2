# mistake: averages each sentence first and then the sentences, so that short sentences count as much as long ones
# why: a loop over sentences with a mean inside is how one thinks of it
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    per_sentence = []
    for w, m in zip(weights, mask):
        ok = m[1:] & m[:-1]
        if ok.any():
            per_sentence.append(w.diagonal(-1, dim1=1, dim2=2)[:, ok].mean(-1))
    if not per_sentence:
        return torch.zeros(weights.shape[1], dtype=weights.dtype)
    return torch.stack(per_sentence).mean(0)
