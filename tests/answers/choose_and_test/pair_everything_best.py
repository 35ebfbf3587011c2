# names: chosen_on_everything, best_of_each_half
# The head of all sentences, and beside it the best score of the other half.
def choose_and_test(scores_by_sentence):
    head = scores_by_sentence.mean(0).argmax().item()
    chosen = scores_by_sentence[::2, head].mean().item()
    return head, chosen, scores_by_sentence[1::2].mean(0).amax().item()
