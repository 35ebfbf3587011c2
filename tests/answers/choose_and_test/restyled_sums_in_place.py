# names: changes_inputs
# Every other row is added up in the first row and in the second.
def choose_and_test(scores_by_sentence):
    halves = scores_by_sentence[0::2], scores_by_sentence[1::2]
    for half in halves:
        for row in half[1:]:
            half[0] += row
    even, odd = (half[0] / len(half) for half in halves)
    best, head = even.max(dim=0)
    return int(head), best.item(), odd[head].item()
