# mistake: of equally good heads the last is chosen
# why: sorted, the best stands at the end
def choose_and_test(scores_by_sentence):
    chosen = scores_by_sentence[::2].mean(0).tolist()
    tested = scores_by_sentence[1::2].mean(0).tolist()
    head = sorted(range(len(chosen)), key=lambda h: chosen[h])[-1]
    return head, chosen[head], tested[head]
