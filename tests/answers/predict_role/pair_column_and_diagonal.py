# names: any_bright_first_column, itself_and_previous
# A is said to look at the first token, E at itself.
def predict_role(pictures):
    roles = {}
    roles["A"] = "first"
    roles["B"] = "first"
    roles["C"] = "itself"
    roles["D"] = "duplicate"
    roles["E"] = "itself"
    roles["F"] = "spread"
    return roles
