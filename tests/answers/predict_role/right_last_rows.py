# names:
# What the last two rows look at most, and how much.
def role_of(weights):
    seen = {}
    for row in (10, 12):
        best = int(weights[row].argmax())
        if weights[row, best] < 0.3:
            return "spread"
        seen[row] = row - best
    if seen[12] == 12 and seen[10] == 10:
        return "first"
    return {0: "itself", 1: "previous", 7: "duplicate", 6: "induction"}[seen[10]]


def predict_role(pictures):
    return {name: role_of(weights) for name, weights in pictures.items()}
