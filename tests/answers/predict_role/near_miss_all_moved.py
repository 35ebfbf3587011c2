# names:
# Every picture has the role of the next one.
def predict_role(pictures):
    roles = {}
    roles["A"] = "first"
    roles["B"] = "itself"
    roles["C"] = "duplicate"
    roles["D"] = "previous"
    roles["E"] = "spread"
    roles["F"] = "induction"
    return roles
