"""Articles a second that the extraction reads on one core.

python benchmarks/extract.py                # the sentences of the tests, three to an article
python benchmarks/extract.py FILE.jsonl     # lines with "text" and "published"
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.events.snippets import SNIPPETS  # noqa: E402  (the tests are no installed package)

from tonnage.events.extract import extract  # noqa: E402

SECONDS: Final = 5.0


def _texts(path: Path | None) -> list[tuple[str, str | None]]:
    """Return (text, day of publication) of a file, or of the tests' sentences, three to an article."""
    if path is not None:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return [(row["text"], row.get("published")) for row in rows]
    by_language: dict[str, list[str]] = {}
    for snippet in SNIPPETS:
        by_language.setdefault(snippet.language, []).append(snippet.text)
    groups = [texts[at : at + 3] for texts in by_language.values() for at in range(0, len(texts), 3)]
    return [(" ".join(group), "2026-01-20") for group in groups]


def main() -> None:
    """Print the speed over some seconds, after a first pass that compiles the rules."""
    texts = _texts(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    for text, published in texts:
        extract(text, published)
    read, started = 0, time.process_time()
    while time.process_time() - started < SECONDS:
        for text, published in texts:
            extract(text, published)
        read += len(texts)
    took = time.process_time() - started
    mean = sum(len(text) for text, _ in texts) / len(texts)
    print(f"{read / took:.0f} articles a second of {mean:.0f} characters on the mean ({read} read)")


if __name__ == "__main__":
    main()
