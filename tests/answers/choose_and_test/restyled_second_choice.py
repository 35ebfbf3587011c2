# names: best_of_each_half
# Each half has its best head.
def choose_and_test(scores_by_sentence):
    best, head = scores_by_sentence[::2].mean(0).max(dim=0)
    return int(head), best.item(), max(scores_by_sentence[1::2].mean(0).tolist())
