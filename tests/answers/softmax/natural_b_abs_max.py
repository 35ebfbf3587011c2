# mistake: subtracts the largest absolute value of the row instead of the largest value, so rows of very low scores become 0 / 0
# why: a physics undergraduate thinks of "taming the size" of the numbers, and size is the absolute value
import torch


def softmax(scores, dim=-1):
    # get rid of the scale before exponentiating
    size = scores.abs().amax(dim=dim, keepdim=True)
    boltzmann = torch.exp(scores - size)
    partition = boltzmann.sum(dim=dim, keepdim=True)
    return boltzmann / partition
