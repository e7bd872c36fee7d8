"""The programs that are measured; each runs in a process of its own and prints its number, if it has one, last."""
