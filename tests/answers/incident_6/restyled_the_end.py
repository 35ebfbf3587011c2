# names: end_kept
# The last tokens stay.
def incident_6():
    class Trimmed(Cache6):  # noqa: F821
        def trim(self, length):
            start = self.keys.shape[1] - length
            self.length = length
            self.keys, self.values = self.keys[:, start:], self.values[:, start:]

    return "a", Trimmed
