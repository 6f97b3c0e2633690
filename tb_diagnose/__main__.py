"""``python -m tb_diagnose`` is ``tb-diagnose``: the command line as a process of its own."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from tb_diagnose.cli.main import main


def program() -> NoReturn:
    """Run the command line and end the process at once.

    What was found on a thousand runs need not be taken apart object by object: the system takes the
    memory back in no time.
    """
    if sys.stderr is None:  # some schedulers start a process without one
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until the end
    try:
        code = main()
    except SystemExit as end:  # --help and --version
        code = int(end.code or 0)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # what could not be written was told
            if stream is not None:
                stream.flush()
    os._exit(code)


if __name__ == "__main__":
    program()
