# names: halves_swapped
# The odd ones choose.
def choose_and_test(scores_by_sentence):
    best, head = scores_by_sentence[1::2].mean(0).max(dim=0)
    return int(head), best.item(), scores_by_sentence[::2, head].mean().item()
