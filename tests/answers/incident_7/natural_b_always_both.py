# mistake: deletes the fast path with its return, so the weights come back even where nobody asks for them
# why: the slow path is right, so only the slow path is kept
import torch


def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        weights = (cap * torch.tanh(scores / cap)).softmax(-1)
        return weights @ v, weights

    return "c", attend
