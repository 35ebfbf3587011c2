# names:
# Copies of which the rest is set to zero in place.
def incident_8():
    def attend(q, keys, values, lengths):
        values = values.clone()
        for row, n in zip(values, lengths, strict=True):
            row[:, n:] = 0
        return attend_8(q, keys, values, lengths)  # noqa: F821

    return ["b", attend]
