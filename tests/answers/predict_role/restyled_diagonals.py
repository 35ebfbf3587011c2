# names: itself_and_previous
# C and E have each other's roles.
def predict_role(pictures):
    roles = {}
    roles["A"] = "induction"
    roles["B"] = "first"
    roles["C"] = "previous"
    roles["D"] = "duplicate"
    roles["E"] = "itself"
    roles["F"] = "spread"
    return roles
