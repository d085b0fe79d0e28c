"""`python -m observability.asking URL`: 0 when it answers 200 within three seconds; for health checks of containers."""

import sys
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE_S = 3.0


def main(arguments: list[str]) -> int:
    try:
        [url] = arguments
        with urlopen(url, timeout=PATIENCE_S) as answer:
            print(answer.read().decode().strip())
            return 0
    except (URLError, OSError, ValueError) as problem:
        print(problem)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
