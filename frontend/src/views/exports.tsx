// What is shown, as a file.
import { useEffect, useRef } from "preact/hooks";
import { print, savedAt } from "../actions";
import type { Format } from "../source/source";

const FORMATS: [Format, string, string][] = [
  ["html", "HTML", "one page, opens offline"],
  ["json", "JSON", "the document"],
  ["markdown", "Markdown", "to paste into a note"],
];

export function Exports({ run }: { run: string | null }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const key = (event as KeyboardEvent).key;
      if (
        !menu.current?.open ||
        (key ? key !== "Escape" : menu.current.contains(event.target as Node))
      )
        return;
      menu.current.open = false;
      if (key) menu.current.querySelector("summary")?.focus();
      event.stopPropagation();
    };
    document.addEventListener("keydown", close, true);
    document.addEventListener("pointerdown", close, true);
    return () => {
      document.removeEventListener("keydown", close, true);
      document.removeEventListener("pointerdown", close, true);
    };
  }, []);
  const all = FORMATS.map(([format, title, note]) => ({
    format,
    title,
    note,
    to: savedAt(format, run),
  }));
  return (
    <details class="menu" ref={menu}>
      <summary class="button">Export</summary>
      <div class="menu-list">
        {all.map(({ format, title, note, to }) =>
          typeof to === "string" ? (
            <a
              key={format}
              data-testid="export"
              data-format={format}
              href={to}
              download={filename(run, format)}
            >
              <b>{title}</b> <span>{note}</span>
            </a>
          ) : to ? (
            <button
              type="button"
              class="quiet"
              key={format}
              data-testid="export"
              data-format={format}
              onClick={() => void save(to, filename(run, format))}
            >
              <b>{title}</b> <span>{note}</span>
            </button>
          ) : null,
        )}
        <button
          type="button"
          class="quiet"
          onClick={() => {
            if (menu.current) menu.current.open = false;
            void print();
          }}
        >
          <b>Print</b> <span>all findings, in full</span>
        </button>
      </div>
    </details>
  );
}

async function save(make: () => Promise<Blob>, name: string): Promise<void> {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await make());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const ENDS: Record<Format, string> = { html: "html", json: "json", markdown: "md" };

const filename = (run: string | null, format: Format): string =>
  `diagnose${run ? `-${run.replace(/[^\w.=-]+/g, "-")}` : ""}.${ENDS[format]}`;
