"""A robot's configuration: pydantic models, YAML in, JSON schema out."""
