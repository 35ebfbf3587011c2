# mistake: tests on all sentences, those it was chosen on included
# why: more sentences make a better estimate
def choose_and_test(scores_by_sentence):
    half = scores_by_sentence[::2].mean(0)
    head = int(half.argmax())
    return head, float(half[head]), float(scores_by_sentence[:, head].mean())
