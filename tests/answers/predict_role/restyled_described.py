# names: descriptions_for_names
# The texts of ROLES.
def predict_role(pictures):
    names = "induction first itself duplicate previous spread".split()  # noqa: SIM905
    return dict(zip(pictures, [ROLES[name] for name in names], strict=True))  # noqa: F821
