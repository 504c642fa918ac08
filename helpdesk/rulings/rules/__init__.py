"""Decisions about rulings: pure, no database."""
