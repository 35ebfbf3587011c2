# mistake: takes the best score of the other half, of whatever head
# why: "the best there" beside "the best here", max on both sides
def choose_and_test(scores_by_sentence):
    even = scores_by_sentence[::2].mean(0)
    odd = scores_by_sentence[1::2].mean(0)
    head = int(even.argmax())
    return head, float(even.max()), float(odd.max())
