"""Journeys of a learner through the real app in a real browser."""
