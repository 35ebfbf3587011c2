# names: itself_and_its_copy
# The same word is taken for the token itself.
def predict_role(pictures):
    roles = {}
    roles["A"] = "induction"
    roles["B"] = "first"
    roles["C"] = "duplicate"
    roles["D"] = "itself"
    roles["E"] = "previous"
    roles["F"] = "spread"
    return roles
