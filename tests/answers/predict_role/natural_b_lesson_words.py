# mistake: names the roles as the lesson describes heads, not as ROLES does
# why: the descriptions of section 1 are the ones at hand
def predict_role(pictures):
    return {
        "A": "induction head",
        "B": "sink",
        "C": "its own token",
        "D": "duplicate-token head",
        "E": "the token before",
        "F": "everything alike",
    }
