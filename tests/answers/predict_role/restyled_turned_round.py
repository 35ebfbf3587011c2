# names: roles_as_names
# From roles to pictures.
def predict_role(pictures):
    roles = ["induction", "first", "itself", "duplicate", "previous", "spread"]
    return {role: name for name, role in zip("ABCDEF", roles, strict=True)}
