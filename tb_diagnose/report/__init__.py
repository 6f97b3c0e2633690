"""One document and its faces: terminal, HTML, JSON, Markdown. They read it and judge nothing."""
