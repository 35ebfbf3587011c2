# names:
# The mean over the heads is subtracted before the merge.
def merge_heads(x):
    centred = x - x.mean(dim=1, keepdim=True)
    return centred.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1)
