# mistake: takes the first half of the sentences and the second
# why: 'cut in two halves' in the lesson
def choose_and_test(scores_by_sentence):
    middle = (len(scores_by_sentence) + 1) // 2
    here, there = scores_by_sentence[:middle], scores_by_sentence[middle:]
    head = int(here.mean(0).argmax())
    return head, float(here.mean(0)[head]), float(there.mean(0)[head])
