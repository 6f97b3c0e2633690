// A wall of small curves, grouped by the worst finding of each run.
import { useMemo, useRef, useState } from "preact/hooks";
import { choose, toggle } from "../actions";
import { middle } from "../lib/names";
import { groups, worstOf } from "../lib/overview";
import { plural, sentence, title } from "../lib/words";
import { finding, folder, printing } from "../state";
import type { ListedRun } from "../wire/types";
import { useSeen } from "./chart";
import { Glyph } from "./glyph";
import { Spark } from "./spark";

/** Curves of a group before one asks for more, and pixels for each. */
const FEW = 24;
const TILE = 112;

export function Wall({ items }: { items: readonly ListedRun[] }) {
  const all = useMemo(() => groups(items), [items]);
  if (!items.length) return null;
  return (
    <section class="block wall" data-testid="wall" aria-labelledby="wall-title">
      <div class="block-head">
        <h2 id="wall-title">How they went</h2>
        <p class="note">The main loss of each run, by its worst finding.</p>
      </div>
      <div class="wall-groups">
        {all.map(([name, group]) => (
          <Group key={name} name={name} items={group} />
        ))}
      </div>
    </section>
  );
}

function Group({ name, items }: { name: string; items: readonly ListedRun[] }) {
  const host = useRef<HTMLDivElement>(null);
  const seen = useSeen(host) || printing.value;
  const [more, setMore] = useState(1);
  const shown = items.slice(0, FEW * more);
  const first = items[0];
  if (!first) return null;
  const severity = worstOf(first)?.severity ?? first.verdict;
  const heading = first.findings.length ? title(name) : sentence(name);
  const only = () => {
    if (first.findings.length) finding.value = name;
    else toggle(first.verdict);
  };
  return (
    <div class="wall-group" ref={host} style={{ width: `${Math.max(2, shown.length) * TILE}px` }}>
      <h3>
        <button type="button" class="linked" title="Show only these runs" onClick={only}>
          <Glyph verdict={severity} size={14} /> {heading}
        </button>
        <span>{plural(items.length, "run")}</span>
      </h3>
      <ul>
        {seen &&
          shown.map((item) => (
            <li key={item.name}>
              <button type="button" title={item.name} onClick={() => choose(item.name)}>
                <Spark values={item.spark} />
                <span>{middle(item.name.slice(folder.value.length), 15)}</span>
              </button>
            </li>
          ))}
      </ul>
      {shown.length < items.length && (
        <button type="button" class="quiet" onClick={() => setMore(more * 4)}>
          Show {Math.min(items.length - shown.length, FEW * more * 3)} more
        </button>
      )}
    </div>
  );
}
