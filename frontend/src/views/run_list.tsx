// The runs, worst first. Only the rows in sight are in the page: a thousand runs cost as much as ten.
import { useEffect, useRef, useState } from "preact/hooks";
import { choose, step } from "../actions";
import { humane, parted, sentence } from "../lib/words";
import { chosen, listed, page } from "../state";
import type { Item } from "../wire/routes";
import { Glyph, verdictName } from "./glyph";
import { Spark } from "./spark";

/** Height of a row in pixels, as the style sheet has it. */
const ROW = 54;
const BEYOND = 6;

export function RunList() {
  const host = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [tall, setTall] = useState(600);
  const items = listed.value;
  const place = items.findIndex((each) => each.name === chosen.value);

  useEffect(() => {
    if (!host.current) return;
    const observer = new ResizeObserver(([entry]) => setTall(entry?.contentRect.height || 600));
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => (host.current && place >= 0 ? reveal(host.current, place) : undefined), [place]);

  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const last = Math.min(items.length, Math.ceil((top + tall) / ROW) + BEYOND);
  return (
    <div
      class="run-list"
      data-testid="run-list"
      ref={host}
      role="listbox"
      tabIndex={0}
      aria-label="Runs, worst first"
      aria-activedescendant={place >= 0 ? `run-${place}` : undefined}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={keyed}
    >
      <div style={{ height: `${items.length * ROW}px` }} role="presentation">
        {items.slice(first, last).map((item, at) => (
          <Row key={item.name} item={item} place={first + at} size={items.length} />
        ))}
      </div>
    </div>
  );
}

function Row({ item, place, size }: { item: Item; place: number; size: number }) {
  const [folder, name] = parted(item.name);
  const says = item.worst ? humane(item.worst) : sentence(verdictName(item.verdict));
  const more = item.counts.critical + item.counts.warning + item.counts.info - 1;
  return (
    <div
      id={`run-${place}`}
      class="run-item"
      data-testid="run-item"
      data-run={item.name}
      role="option"
      aria-selected={page.value === "run" && item.name === chosen.value}
      aria-posinset={place + 1}
      aria-setsize={size}
      style={{ top: `${place * ROW}px` }}
      title={item.name}
      onClick={() => choose(item.name)}
    >
      <Glyph verdict={item.verdict} named />
      <span class="run-words">
        <span class="run-name">
          {folder && <span class="run-folder">{folder}</span>}
          <span class="run-own">{name}</span>
        </span>
        <span class="run-worst">
          {says}
          {more > 0 && <span class="run-more"> +{more}</span>}
        </span>
      </span>
      <Spark values={item.spark} />
    </div>
  );
}

function keyed(event: KeyboardEvent): void {
  const moves: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: 10,
    PageUp: -10,
    Home: -1e9,
    End: 1e9,
  };
  const move = moves[event.key];
  if (move === undefined) return;
  event.preventDefault();
  step(move);
}

function reveal(host: HTMLElement, place: number): void {
  const [top, bottom] = [place * ROW, (place + 1) * ROW];
  if (top < host.scrollTop) host.scrollTop = top;
  else if (bottom > host.scrollTop + host.clientHeight) host.scrollTop = bottom - host.clientHeight;
}
