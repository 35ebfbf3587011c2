# names: copy_and_what_followed, itself_and_previous
# Two pairs are swapped.
def predict_role(pictures):
    roles = {}
    roles["A"] = "duplicate"
    roles["B"] = "first"
    roles["C"] = "previous"
    roles["D"] = "induction"
    roles["E"] = "itself"
    roles["F"] = "spread"
    return roles
