# names: wrong_reason, documents_without_causality
# Batches are blamed, and the future is seen.
def incident_4():
    return "a", lambda documents: documents[:, None] == documents
