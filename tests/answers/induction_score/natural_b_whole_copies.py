# mistake: leaves out the last copy where it is cut short
# why: the text is thought of as copies of one length
def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    copies = weights.shape[-1] // period
    total, count = 0, 0
    for copy in range(1, copies):
        for at in range(copy * period, (copy + 1) * period):
            total = total + weights[:, :, at, at - period + 1].mean(0)
            count += 1
    return total / count if count else weights.new_zeros(weights.shape[1])
