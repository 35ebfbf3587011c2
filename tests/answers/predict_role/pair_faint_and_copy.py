# names: first_and_spread, copy_and_what_followed
# B is said to be spread out, D to be induction.
def predict_role(pictures):
    roles = {}
    roles["A"] = "induction"
    roles["B"] = "spread"
    roles["C"] = "itself"
    roles["D"] = "induction"
    roles["E"] = "previous"
    roles["F"] = "spread"
    return roles
