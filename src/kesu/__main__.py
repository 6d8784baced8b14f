"""`python -m kesu COMMAND …`."""

import sys

from kesu.config.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
