# names: first_half_chooses, tested_on_what_it_chose_on
# The first half chooses, and is reported again.
def choose_and_test(scores_by_sentence):
    n = scores_by_sentence.size(0) // 2
    first = scores_by_sentence.narrow(0, 0, n).mean(0)
    top = first.topk(1)
    return top.indices.item(), top.values.item(), top.values.item()
