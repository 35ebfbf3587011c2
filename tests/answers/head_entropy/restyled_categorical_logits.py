# names: weights_taken_for_scores
# torch's Categorical gets the weights as logits.
from torch.distributions import Categorical


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = Categorical(logits=weights).entropy()
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
