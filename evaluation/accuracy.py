"""Measure how far the verdicts on a corpus of labeled runs can be trusted.

    python evaluation/accuracy.py CORPUS                 Markdown, beside peers that are installed
    python evaluation/accuracy.py CORPUS --alone         tb-diagnose only
    python evaluation/accuracy.py CORPUS --brief         the tables without the cases
    python evaluation/accuracy.py CORPUS --json FILE     everything, for machines
    python evaluation/accuracy.py CORPUS --peers FOLDER  take the peers' commands from there

CORPUS is a folder with `labels.csv` and `runs/CASE/`; `measuring/labels.py` reads both kinds of
labels, `measuring/scores.py` says what counts as right, `measuring/names.py` which diagnosis names
which label. The peers are `trainspotter`, `runmedic` and `losslint`, run as their users run them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from measuring.answers import Tool, tb_diagnose
from measuring.labels import Corpus, NoCorpus, corpus
from measuring.peers import installed
from measuring.scores import Score, score
from measuring.tables import as_dict, markdown


def main() -> int:
    """Print the measurement; 2 where the folder is no corpus."""
    call = _parser().parse_args()
    try:
        cases = corpus(call.corpus)
    except NoCorpus as wrong:
        print(f"accuracy: {wrong}", file=sys.stderr)
        return 2
    tools = {"tb-diagnose": tb_diagnose, **({} if call.alone else installed(call.peers))}
    scores = [_scored(name, tool, cases) for name, tool in tools.items()]
    if call.json:
        text = json.dumps(as_dict(scores), ensure_ascii=False, indent=1) + "\n"
        call.json.write_text(text, encoding="utf-8")
    print(markdown(scores, cases=not call.brief), end="")
    return 0


def _scored(name: str, tool: Tool, cases: Corpus) -> Score:
    print(f"{name} on {len(cases.cases)} runs …", file=sys.stderr)
    return score(name, cases, {case.name: tool(case.folder) for case in cases.cases})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the verdicts on labeled runs.")
    parser.add_argument("corpus", type=Path, help="folder with labels.csv and runs/CASE/")
    parser.add_argument("--brief", action="store_true", help="tables only, no list of cases")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything as JSON")
    parser.add_argument("--alone", action="store_true", help="without the peers")
    help_peers = "where the peers' commands are (default: on the PATH and beside this Python)"
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help=help_peers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
