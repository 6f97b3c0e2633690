"""``python -m tb_diagnose`` is ``tb-diagnose``."""

from __future__ import annotations

import sys

from tb_diagnose.cli import main

if __name__ == "__main__":
    sys.exit(main())
