"""`python -m constructs_dra`: the command line, where its program is not on PATH."""

from constructs_dra.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main(prog_name="constructs-dra")
