"""``python -m tb_diagnose`` is ``tb-diagnose``: the command line as a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from tb_diagnose.cli.main import main


def program() -> NoReturn:
    """Run the command line and end the process at once.

    What was found on a thousand runs need not be taken apart object by object: the system takes the
    memory back in no time.
    """
    if None in (sys.stdout, sys.stderr):  # some schedulers start a process without them
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until the end
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    program()
