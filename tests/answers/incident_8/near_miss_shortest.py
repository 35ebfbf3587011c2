# names:
# All rows see as many slots as the shortest has.
def incident_8():
    def attend(q, keys, values, lengths):
        n = int(lengths.min())
        return attend_8(q, keys[:, :, :n], values[:, :, :n], lengths)  # noqa: F821

    return "b", attend
