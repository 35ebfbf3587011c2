# names:
# Plain lists, `sum` and `index`.
def choose_and_test(scores_by_sentence):
    rows = scores_by_sentence.tolist()

    def means(some):
        return [sum(column) / len(some) for column in zip(*some, strict=True)]

    even, odd = means(rows[::2]), means(rows[1::2])
    head = even.index(max(even))
    return head, even[head], odd[head]
