# names:
# Sums in a loop.
def choose_and_test(scores_by_sentence):
    table = scores_by_sentence.tolist()
    even, odd = table[::2], table[1::2]

    def mean(rows, head):
        return sum(row[head] for row in rows) / len(rows)

    heads = range(len(table[0]))
    best = max(heads, key=lambda head: mean(even, head))
    return best, mean(even, best), mean(odd, best)
