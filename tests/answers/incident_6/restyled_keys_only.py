# names: keys_trimmed_only
# Values are forgotten.
def incident_6():
    class Trimmed(Cache6):  # noqa: F821
        def trim(self, length):
            self.length = length
            self.keys = self.keys.narrow(1, 0, length)

    return "a", Trimmed
