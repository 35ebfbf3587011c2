# mistake: chooses the head on all sentences
# why: more sentences give a better choice; the report is by halves all the same
import torch


def choose_and_test(scores_by_sentence):
    head = int(torch.argmax(scores_by_sentence.mean(dim=0)))
    chosen = scores_by_sentence[0::2, head].mean()
    held_out = scores_by_sentence[1::2, head].mean()
    return head, float(chosen), float(held_out)
