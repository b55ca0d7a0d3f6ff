"""Planners of language models: what they answer, what of it is words, and what of it is numbers for a channel."""
