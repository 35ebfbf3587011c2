# names:
# Every labelled word is an object; counters count.
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    sentence: int
    place: int
    head: int

    @property
    def offset(self):
        return self.head - self.place


def dependency_accuracy(weights, head_index):
    weights, _ = as_batch(weights)  # noqa: F821
    labels = head_index.reshape(weights.shape[0], -1).tolist()
    words = [
        Word(b, i, head) for b, row in enumerate(labels) for i, head in enumerate(row) if head >= 0
    ]
    hits = weights.new_zeros(weights.shape[1])
    if not words:
        return hits, 0.0
    for word in words:
        hits += weights[word.sentence, :, word.place].argmax(-1) == word.head
    (_, most), *_ = Counter(word.offset for word in words).most_common(1)
    return hits / len(words), most / len(words)
