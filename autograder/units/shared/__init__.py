"""What the checks and misconceptions of several units share."""
