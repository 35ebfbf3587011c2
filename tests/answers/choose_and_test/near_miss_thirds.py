# names:
# Two thirds of the sentences choose, and the last third tests.
import torch


def choose_and_test(scores_by_sentence):
    own = torch.arange(len(scores_by_sentence)) % 3 != 2
    best, head = scores_by_sentence[own].mean(0).max(dim=0)
    if own.all():
        return int(head), best.item(), 0.0
    return int(head), best.item(), scores_by_sentence[~own, head].mean().item()
