# names: multiplied_by_scale
# The fourth root on either side, multiplied instead of divided.
import math


def scaled_scores(q, k):
    root = math.sqrt(math.sqrt(k.shape[-1]))
    return (root * q).matmul((k * root).mT)
