# names:
# Written down by looking, in the order of the roles.
def predict_role(pictures):
    return dict(B="first", C="itself", E="previous", F="spread", D="duplicate", A="induction")
