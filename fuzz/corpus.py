"""Writes the corpus that fuzzing starts from: python fuzz/corpus.py FOLDER.

Small logs of all kinds, as the tests draw them, with two bytes before them by which the target
chooses the size of its blocks; and single histograms.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.events import record  # noqa: E402
from tests.read.streams import Stream  # noqa: E402


def main(folder: Path) -> None:
    for name in ("scan", "histogram"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for seed in range(200):
        draw = random.Random(seed)  # noqa: S311 (the corpus is the same each time)
        stream = Stream(draw)
        records = b"".join(map(record, stream.payloads(2, 12)))
        (folder / "scan" / f"{seed}").write_bytes(draw.randbytes(2) + records[:20_000])
        (folder / "histogram" / f"{seed}").write_bytes(stream.proto())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
