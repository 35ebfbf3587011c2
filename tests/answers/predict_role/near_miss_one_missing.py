# names: part_missing
# F is left out.
def predict_role(pictures):
    roles = ["induction", "first", "itself", "duplicate", "previous"]
    return {name: role for name, role in zip("ABCDE", roles, strict=True)}
