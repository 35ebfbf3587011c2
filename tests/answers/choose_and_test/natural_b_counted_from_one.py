# mistake: chooses on sentences 1, 3, 5 ... and tests on 0, 2, 4 ...
# why: counts the sentences from one, so that the second is the first even one
def choose_and_test(scores_by_sentence):
    chosen_on = scores_by_sentence[1::2]
    tested_on = scores_by_sentence[::2]
    best = chosen_on.mean(dim=0).argmax().item()
    return best, chosen_on[:, best].mean().item(), tested_on[:, best].mean().item()
