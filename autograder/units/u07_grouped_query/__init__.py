"""Unit 07: grouped queries."""
