"""Judge the trainings and the corpora, and write down how far the verdicts can be trusted.

    python evaluation/publish_accuracy.py --logs FOLDER [--corpus CORPUS …] [--peers FOLDER]

FOLDER is what `make_trainings.py` wrote; CORPUS is a folder that `accuracy.py` reads. Writes
`tb_diagnose/engine/accuracy.json`, from which the catalog takes what it says next to each
diagnosis, and `docs/accuracy.md`. A corpus that is not given, and the peers where `--peers` is not,
keep the figures of the last time. Takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from measuring.answers import tb_diagnose
from measuring.labels import corpus
from measuring.peers import installed
from measuring.scores import score
from measuring.tables import totals
from tb_diagnose import __version__
from tb_diagnose.engine.contract import registry
from trainings.counts import Judged, counted
from trainings.labels import read
from trainings.page import page

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "tb_diagnose" / "engine" / "accuracy.json"
PAGE = ROOT / "docs" / "accuracy.md"


def main() -> None:
    """Judge, count, write both files, and print the trainings that came out wrong."""
    call = _parser().parse_args()
    judged = [Judged(row, tb_diagnose(call.logs / "runs" / row["case"])) for row in read(call.logs)]
    before = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.is_file() else {}
    result = {
        "version": __version__,
        "trainings": counted(judged, registry()),
        "corpora": _corpora(call.corpus, call.peers, before.get("corpora", {})),
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(result), encoding="utf-8")
    _complain(judged)


def _corpora(folders: list[Path], peers: Path | None, before: dict[str, Any]) -> dict[str, Any]:
    """Name of the corpus → tool → figure in words → count and base."""
    corpora = dict(before)
    for folder in folders:
        cases = corpus(folder)
        tools = {"tb-diagnose": tb_diagnose, **(installed(peers) if peers else {})}
        corpora[cases.name] = dict(corpora.get(cases.name, {}))
        for name, tool in tools.items():
            answers = {case.name: tool(case.folder) for case in cases.cases}
            figures = totals(score(name, cases, answers)).items()
            corpora[cases.name][name] = {word: [each.count, each.all] for word, each in figures}
    return corpora


def _complain(judged: list[Judged]) -> None:
    """Print what a developer wants to look at: alarms on clean runs, faults that are not named."""
    for one in judged:
        name, answer = one.row["case"], one.answer
        if answer.broken:
            print(f"broken  {name}: {answer.broken}", file=sys.stderr)
        if one.clean:
            for finding in answer.alarms:
                print(f"false   {name}: {finding.id}: {finding.message}")
        elif one.shows and not one.alarmed:
            print(f"missed  {name}: skill {one.row['score']}")
        elif one.shows and not one.named:
            print(f"unnamed {name}: {' '.join(sorted(answer.ids))}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Judge the trainings and write down the result.")
    logs = "what make_trainings.py wrote"
    parser.add_argument("--logs", type=Path, metavar="FOLDER", required=True, help=logs)
    corpora = "folders with labels.csv and runs/CASE/"
    parser.add_argument("--corpus", type=Path, nargs="*", default=[], help=corpora)
    peers = "where the peers' commands are; without it they are not asked again"
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help=peers)
    return parser


if __name__ == "__main__":
    main()
