# mistake: asks for a bright first column before anything else, so the heads that rest there in the first copy are "first" too
# why: means over the whole map, and the tests stand in the order of ROLES
def predict_role(pictures):
    roles = {}
    for name, w in pictures.items():
        if w[:, 0].mean() > 0.5:
            roles[name] = "first"
        elif w.diagonal().mean() > 0.5:
            roles[name] = "itself"
        elif w.diagonal(-1).mean() > 0.5:
            roles[name] = "previous"
        elif w.diagonal(-7).mean() > 0.5:
            roles[name] = "duplicate"
        elif w.diagonal(-6).mean() > 0.5:
            roles[name] = "induction"
        else:
            roles[name] = "spread"
    return roles
