# names: any_bright_first_column
# The first column of D is bright.
def predict_role(pictures):
    roles = {}
    roles["A"] = "induction"
    roles["B"] = "first"
    roles["C"] = "itself"
    roles["D"] = "first"
    roles["E"] = "previous"
    roles["F"] = "spread"
    return roles
