"""Wrong versions that misconceptions of several units share."""
