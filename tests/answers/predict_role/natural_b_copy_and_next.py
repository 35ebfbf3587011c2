# mistake: calls the head that looks at the copy the induction head, and the other one the duplicate head
# why: remembers "induction looks at the earlier copy" and forgets the "after"
def predict_role(pictures):
    return {
        "A": "duplicate",
        "B": "first",
        "C": "itself",
        "D": "induction",
        "E": "previous",
        "F": "spread",
    }
