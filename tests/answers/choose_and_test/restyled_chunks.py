# names: first_half_chooses
# Two chunks.
def choose_and_test(scores_by_sentence):
    middle = len(scores_by_sentence) // 2
    best, head = scores_by_sentence[:middle].mean(0).max(dim=0)
    return int(head), best.item(), scores_by_sentence[middle:, head].mean().item()
