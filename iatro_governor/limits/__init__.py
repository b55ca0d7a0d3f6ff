"""What the body may do: one small class a file, pure."""
