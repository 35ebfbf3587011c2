# names:
# Every third sentence is held out; the two scores are those of the task.
import torch


def choose_and_test(scores_by_sentence):
    own = torch.arange(len(scores_by_sentence)) % 3 != 2
    head = int(scores_by_sentence[own].mean(0).argmax())
    return (
        head,
        scores_by_sentence[0::2, head].mean().item(),
        scores_by_sentence[1::2, head].mean().item(),
    )
