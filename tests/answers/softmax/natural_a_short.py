# mistake: subtracts the maximum in place and so changes the caller's scores
# why: -= looks like a short way to write the subtraction
def softmax(scores, dim=-1):
    scores -= scores.amax(dim, keepdim=True)
    scores_exp = scores.exp()
    return scores_exp / scores_exp.sum(dim, keepdim=True)
