"""One file to one town: what is loaded, checked, reported and put to use."""
