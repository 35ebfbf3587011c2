# mistake: takes the heaviest query of each key, the argmax along the wrong axis
# why: dim=0 is thought to go along a row
from collections import Counter


def predict_role(pictures):
    roles = {}
    for name, weights in pictures.items():
        best = weights.argmax(dim=0)  # for each token, where it looks
        back = Counter(abs(i - j) for i, j in enumerate(best.tolist()))
        offset, times = back.most_common(1)[0]
        known = {0: "itself", 1: "previous", 6: "induction", 7: "duplicate"}
        if (best == 0).sum() > 7:
            roles[name] = "first"
        elif times < 5:
            roles[name] = "spread"
        else:
            roles[name] = known.get(offset, "first")
    return roles
