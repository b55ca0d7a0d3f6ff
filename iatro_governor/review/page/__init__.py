"""The review page: incidents in a browser of the same machine, made on the server and working without scripts."""
