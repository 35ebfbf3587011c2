# mistake: averages each sentence, then the sentences, so rows of short sentences weigh more
# why: a score for each sentence comes first by habit, and the mean of means looks the same
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    line = weights.diagonal(-1, -2, -1)  # (B, H, L - 1)
    counts = (mask[:, 1:] & mask[:, :-1])[:, None]  # (B, 1, L - 1)
    per_sentence = (line * counts).sum(-1) / counts.sum(-1).clamp(min=1)  # (B, H)
    return per_sentence.mean(0)
