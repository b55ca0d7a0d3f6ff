"""A campaign's report: one page that needs no network, and its curves as pictures."""
