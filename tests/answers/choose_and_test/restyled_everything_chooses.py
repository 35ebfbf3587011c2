# names: chosen_on_everything
# All sentences choose.
def choose_and_test(scores_by_sentence):
    head = int(scores_by_sentence.sum(0).argmax())
    return (
        head,
        scores_by_sentence[::2, head].mean().item(),
        scores_by_sentence[1::2, head].mean().item(),
    )
