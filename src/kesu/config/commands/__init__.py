"""One module is one command: `def main(argv: list[str]) -> int`; the docstring's first line is its line in the usage."""
