"""How other languages than English bind a speaker to a number: one grammar a file, one way of reading them."""
