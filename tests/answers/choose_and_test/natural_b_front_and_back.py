# mistake: cuts the sentences into a front and a back half
# why: "one half of the sentences" is the first n // 2
def choose_and_test(scores_by_sentence):
    n = len(scores_by_sentence) // 2
    first, second = scores_by_sentence[:n].mean(0), scores_by_sentence[n:].mean(0)
    head = int(first.argmax())
    return head, float(first[head]), float(second[head])
