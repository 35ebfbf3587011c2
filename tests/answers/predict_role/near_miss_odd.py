# names:
# E is said to be spread out.
def predict_role(pictures):
    roles = {}
    roles["A"] = "induction"
    roles["B"] = "first"
    roles["C"] = "itself"
    roles["D"] = "duplicate"
    roles["E"] = "spread"
    roles["F"] = "spread"
    return roles
