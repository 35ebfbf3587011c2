# names:
# With numpy.
import numpy as np


def choose_and_test(scores_by_sentence):
    scores = scores_by_sentence.double().numpy()
    means = np.mean(scores[::2], axis=0)
    head = int(np.argmax(means))
    return [head, float(means[head]), float(scores[1::2, head].mean())]
