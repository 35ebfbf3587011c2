# names:
# NaN for 0 log 0 is passed over by nansum.


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    terms = weights * weights.log()  # NaN where a weight is 0
    entropy = -terms.nansum(dim=-1)
    entropy = entropy.masked_fill(~mask.unsqueeze(1), 0.0)
    number = mask.sum().item()
    return entropy.sum(dim=2).sum(dim=0) / (number if number else 1)
