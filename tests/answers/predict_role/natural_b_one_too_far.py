# mistake: takes 8 tokens back for induction, which is what came before the copy, so A falls to first
# why: the period is 7, and one more for the token after
def predict_role(pictures):
    back = {"itself": 0, "previous": 1, "duplicate": 7, "induction": 8}
    roles = {}
    for name, weights in pictures.items():
        scores = {role: weights.diagonal(-n)[1:].mean() for role, n in back.items()}
        scores["first"] = weights[1:, 0].mean()
        best = max(scores, key=scores.get)
        roles[name] = best if scores[best] > 0.3 else "spread"
    return roles
