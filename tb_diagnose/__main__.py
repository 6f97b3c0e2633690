"""``python -m tb_diagnose`` is ``tb-diagnose``: the command line as a process of its own."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from tb_diagnose.cli import main


def program() -> NoReturn:
    """Run the command line and end the process at once.

    What was found on a thousand runs need not be taken apart object by object: the system takes the
    memory back in no time.
    """
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    program()
