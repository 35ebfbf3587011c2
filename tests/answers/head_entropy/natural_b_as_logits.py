# mistake: hands the weights to Categorical as logits, so they go through one more softmax
# why: the first argument that autocompletion shows is taken
from torch.distributions import Categorical


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = Categorical(logits=weights).entropy()  # (B, H, L)
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
