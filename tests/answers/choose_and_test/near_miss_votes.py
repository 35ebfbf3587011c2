# names:
# The head that is the best of most sentences.
import torch


def choose_and_test(scores_by_sentence):
    even, odd = scores_by_sentence[0::2], scores_by_sentence[1::2]
    wins = torch.bincount(even.argmax(dim=1), minlength=even.shape[1])
    head = wins.argmax().item()
    return head, even[:, head].mean().item(), odd[:, head].mean().item()
