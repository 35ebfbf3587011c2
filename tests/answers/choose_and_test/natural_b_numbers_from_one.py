# mistake: chooses on sentences 1, 3, 5, ... and tests on 0, 2, 4, ...
# why: the even sentences are counted from one
def choose_and_test(scores_by_sentence):
    even = scores_by_sentence[1::2].mean(dim=0)
    odd = scores_by_sentence[0::2].mean(dim=0)
    head = even.argmax().item()
    return head, even[head].item(), odd[head].item()
