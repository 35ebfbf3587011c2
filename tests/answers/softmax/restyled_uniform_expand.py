# names: uniform_weights
# One over the length everywhere: the scores are not read.


def softmax(scores, dim=-1):
    share = scores.new_tensor(1.0 / scores.size(dim))
    return share.expand(scores.shape).clone()
