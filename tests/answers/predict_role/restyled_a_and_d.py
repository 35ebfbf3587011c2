# names: copy_and_what_followed
# A and D have each other's roles.
def predict_role(pictures):
    roles = {}
    roles["A"] = "duplicate"
    roles["B"] = "first"
    roles["C"] = "itself"
    roles["D"] = "induction"
    roles["E"] = "previous"
    roles["F"] = "spread"
    return roles
