# names:
# Numbers within each head run backwards.
def merge_heads(x):
    return x.transpose(1, 2).flip(-1).flatten(2)
