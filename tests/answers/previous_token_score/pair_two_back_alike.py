# names: two_back, sentences_count_alike
# Two places back, and means of sentences are averaged.
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    real = (mask[:, 2:] & mask[:, :-2]).to(weights.dtype)
    per_sentence = (weights.diagonal(-2, -2, -1) * real[:, None]).sum(-1)
    return (per_sentence / real.sum(-1, keepdim=True).clamp(min=1)).mean(0)
