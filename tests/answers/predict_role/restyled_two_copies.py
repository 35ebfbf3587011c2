# names: copy_and_what_followed
# Both lines in the second half are said to be copies.
def predict_role(pictures):
    roles = {}
    roles["A"] = "duplicate"
    roles["B"] = "first"
    roles["C"] = "itself"
    roles["D"] = "duplicate"
    roles["E"] = "previous"
    roles["F"] = "spread"
    return roles
