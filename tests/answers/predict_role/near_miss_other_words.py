# names:
# Roles by other names.
def predict_role(pictures):
    roles = ["induct", "sink", "self", "copy", "prev", "uniform"]
    return dict(zip("ABCDEF", roles, strict=True))
