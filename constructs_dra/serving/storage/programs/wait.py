"""Wait until a model lies complete in a Hugging Face cache: the folder of the cache, the model's id and the revision are the arguments."""

import sys
import time
from pathlib import Path


def is_complete(cache: str, model: str, revision: str) -> bool:
    """Whether the download has marked the revision."""
    folder = Path(cache) / f"models--{model.replace('/', '--')}"
    ref = folder / "refs" / revision
    commit = ref.read_text(encoding="utf-8").strip() if ref.is_file() else revision
    return (folder / ".complete" / commit).is_file()


def main(cache: str, model: str, revision: str) -> None:
    """Look every five seconds, and say so every five minutes."""
    rounds = 0
    while not is_complete(cache, model, revision):
        if rounds % 60 == 0:
            print(f"{model} at {revision} is not complete in {cache} yet; the Job that fetches it says why", flush=True)
        rounds += 1
        time.sleep(5)


if __name__ == "__main__":
    main(*sys.argv[1:])
