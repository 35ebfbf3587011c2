"""The checks and misconceptions of each unit, and what units share."""
