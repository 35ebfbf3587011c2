# names:
# What is forgotten is overwritten with zeros, and stays.
def incident_6():
    class Trimmed(Cache6):  # noqa: F821
        def trim(self, length):
            self.length = length
            self.keys[:, length:] = 0
            self.values[:, length:] = 0

    return "a", Trimmed
