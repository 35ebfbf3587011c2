# mistake: decides by the last row of the first copy, where A and D still rest on the first token
# why: the second copy is the same text, so one copy seems enough
def predict_role(pictures):
    roles = {}
    for name, weights in pictures.items():
        row = weights[6]  # "." of the first copy
        best = int(row.argmax())
        if row[best] < 0.4:
            roles[name] = "spread"
        elif best == 6:
            roles[name] = "itself"
        elif best == 5:
            roles[name] = "previous"
        else:
            roles[name] = "first"
    return roles
