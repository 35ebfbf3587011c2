# names: unstable_softmax
# e is raised to the scores themselves, no maximum taken off.
import math

import torch


def softmax(scores, dim=-1):
    powers = torch.pow(torch.full_like(scores, math.e), scores)
    return torch.div(powers, torch.sum(powers, dim, keepdim=True))
