# names: trimmed_by
# So many tokens are taken away.
def incident_6():
    class Trimmed(Cache6):  # noqa: F821
        def trim(self, length):
            self.length -= length
            self.keys, self.values = self.keys[:, : self.length], self.values[:, : self.length]

    return "a", Trimmed
