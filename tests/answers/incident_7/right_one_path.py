# names:
# One path, weights thrown away where nobody wants them.
import torch


def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        scores = torch.matmul(q, k.mT).div(q.shape[-1] ** 0.5)
        weights = scores.div(cap).tanh().mul(cap).softmax(dim=-1)
        result = torch.matmul(weights, v), weights
        return result if need_weights else result[0]

    return "c", attend
