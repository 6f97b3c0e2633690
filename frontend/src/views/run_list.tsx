// The runs, worst first. Only the rows in sight are in the page: ten thousand runs cost as much as ten.
import { useEffect, useMemo } from "preact/hooks";
import { choose, pick, step } from "../actions";
import { fitted } from "../lib/names";
import { newIn } from "../lib/news";
import { worstOf } from "../lib/overview";
import { sentence, title } from "../lib/words";
import { chosen, folder, listed, looks, picked, sidebarWidth, view } from "../state";
import type { ListedRun } from "../wire/types";
import { Glyph } from "./glyph";
import { Spark } from "./spark";
import { useRows } from "./virtual";

/** Height of a row in pixels, as the style sheet has it. */
const ROW = 54;
/** Pixels of a row that are no name. */
const BESIDE = 150;

export function RunList() {
  const items = listed.value;
  const { host, onScroll, first, last } = useRows(items.length, ROW);
  const widthOf = useMemo(textWidth, []);
  const width = sidebarWidth.value - BESIDE;
  const short = (name: string) => fitted(name.slice(folder.value.length), width, widthOf);
  const place = items.findIndex(({ name }) => name === chosen.value);
  useEffect(() => {
    if (host.current && place >= 0) reveal(host.current, place);
  }, [host, place]);
  return (
    <div
      class="run-list"
      data-testid="run-list"
      ref={host}
      role="listbox"
      tabIndex={0}
      aria-label="Runs, worst first"
      aria-activedescendant={place >= first && place < last ? `run-${place}` : undefined}
      onScroll={onScroll}
      onKeyDown={keyed}
    >
      <div style={{ height: `${items.length * ROW}px` }} role="presentation">
        {items.slice(first, last).map((item, at) => (
          <Row
            key={item.name}
            item={item}
            name={short(item.name)}
            place={first + at}
            size={items.length}
          />
        ))}
      </div>
    </div>
  );
}

/** How wide a name is in pixels, by the font that is there. */
function textWidth(): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return (text) => 7.5 * text.length;
  context.font = `14px ${getComputedStyle(document.body).fontFamily}`;
  return (text) => context.measureText(text).width;
}

type RowProps = { item: ListedRun; name: string; place: number; size: number };

function Row({ item, name, place, size }: RowProps) {
  const heads = item.findings.filter(({ caused_by }) => caused_by === null);
  const worst = worstOf(item);
  const fresh = newIn(item, looks.value).length;
  const isPicked = picked.value.has(item.name);
  return (
    <div
      id={`run-${place}`}
      class={`run-item ${isPicked ? "picked" : ""}`}
      data-testid="run-item"
      data-run={item.name}
      role="option"
      aria-selected={view.value === "run" && item.name === chosen.value}
      aria-posinset={place + 1}
      aria-setsize={size}
      style={{ top: `${place * ROW}px` }}
      title={item.name}
      onClick={(event) =>
        event.ctrlKey || event.metaKey || event.shiftKey ? pick(item.name) : choose(item.name)
      }
    >
      <Glyph verdict={item.verdict} named />
      <span class="run-words">
        <span class="run-name">{name}</span>
        <span class="run-worst">
          {item.state === "running" && <i class="running" title="running" />}
          {worst ? title(worst.id) : sentence(item.verdict)}
          {heads.length > 1 && <span class="run-more"> +{heads.length - 1}</span>}
          {fresh > 0 && <b class="badge new">{fresh} new</b>}
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
