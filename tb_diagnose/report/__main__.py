"""``python -m tb_diagnose.report`` writes the JSON Schemas of the document and of the page."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

from tb_diagnose.report.document import schema as document
from tb_diagnose.report.page import schema as page


def main() -> None:
    """Write both, each beside its declaration."""
    for declaration in (document, page):
        text = json.dumps(declaration.json_schema(), indent=2) + "\n"
        schema_file(declaration).write_text(text, encoding="utf-8")


def schema_file(declaration: ModuleType) -> Path:
    """Where the JSON Schema of a module of declarations lies."""
    folder = Path(str(declaration.__file__)).parent
    return folder / f"{folder.name}.schema.json"


if __name__ == "__main__":
    main()
