"""One document and its faces: terminal, JSON, Markdown. The faces read the document, no more."""
