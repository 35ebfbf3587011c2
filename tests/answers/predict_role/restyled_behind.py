# names: any_line_for_previous
# A line below the diagonal is said to be that of the previous token.
def predict_role(pictures):
    roles = {}
    roles["A"] = "previous"
    roles["B"] = "first"
    roles["C"] = "itself"
    roles["D"] = "duplicate"
    roles["E"] = "induction"
    roles["F"] = "spread"
    return roles
