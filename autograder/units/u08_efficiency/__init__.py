"""Unit 08: efficiency."""
