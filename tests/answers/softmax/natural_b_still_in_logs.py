# mistake: returns the logarithm of the softmax, the last exp is missing
# why: remembers "use logsumexp and nothing overflows" and stops when the numbers are finite
import torch


def softmax(scores, dim=-1):
    normaliser = torch.logsumexp(scores, dim=dim, keepdim=True)
    return scores - normaliser
