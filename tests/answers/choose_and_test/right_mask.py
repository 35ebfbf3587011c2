# names:
# A boolean mask tells the halves apart.
import torch


def choose_and_test(scores_by_sentence):
    even = torch.arange(len(scores_by_sentence)) % 2 == 0
    best, head = scores_by_sentence[even].mean(0).max(dim=0)
    return head.item(), float(best), float(scores_by_sentence[~even, head].mean())
