// All runs at once: what was found in how many, what the sick ones have in common, how they look.
import { useMemo, useState } from "preact/hooks";
import { choose } from "../actions";
import { common } from "../lib/common";
import { filtered, tally } from "../lib/filter";
import { type FindingRow, findingRows } from "../lib/overview";
import { plural, title } from "../lib/words";
import { filter, finding, listed, only, printing, runs, unread } from "../state";
import type { ListedRun, Verdict } from "../wire/types";
import { Exports } from "./exports";
import { Glyph } from "./glyph";
import { Scatter } from "./scatter";
import { Wall } from "./wall";

/** Findings before one asks for more (chosen: what the runs have in common stays in sight). */
const FEW = 12;

export function Overview() {
  const [all, text, verdicts] = [runs.value?.runs, filter.value, only.value];
  // The table shows what a click would filter, and so all findings of the runs so named.
  const named = useMemo(
    () => filtered(all ?? [], { text, only: verdicts, finding: "" }),
    [all, text, verdicts],
  );
  const rows = useMemo(() => findingRows(named), [named]);
  return (
    <div class="page two-columns" data-testid="overview">
      <header class="page-head">
        <div class="page-top">
          <h1 tabIndex={-1}>{plural(named.length, "run")}</h1>
          <Exports run={null} />
        </div>
        <p class="headline-text">
          <Summary items={named} rows={rows} />
        </p>
      </header>
      <div class="column">{rows.length > 0 && <Findings rows={rows} count={named.length} />}</div>
      <div class="column">
        <Commons items={named} />
        <Scatter items={listed.value} />
      </div>
      <Wall items={listed.value} />
    </div>
  );
}

function Summary({ items, rows }: { items: readonly ListedRun[]; rows: readonly FindingRow[] }) {
  const counts = tally(items).map(([verdict, count]) => `${count} ${verdict}`);
  const most = [...rows]
    .filter(({ severity }) => severity === rows[0]?.severity)
    .sort((a, b) => b.runs.length - a.runs.length)[0];
  return (
    <>
      {counts.join(", ")}.{" "}
      {most &&
        `Most frequent: ${title(most.id).toLowerCase()}, in ${plural(most.runs.length, "run")}. `}
      {unread.value > 0 && `${plural(unread.value, "run")} not read yet.`}
    </>
  );
}

function Findings({ rows, count }: { rows: readonly FindingRow[]; count: number }) {
  const [all, setAll] = useState(false);
  const shown = all || printing.value ? rows : rows.slice(0, FEW);
  return (
    <section class="block" aria-labelledby="findings-title">
      <div class="block-head">
        <h2 id="findings-title">What was found</h2>
        <p class="note">A click shows the runs.</p>
      </div>
      <table class="findings" data-testid="findings">
        <thead>
          <tr>
            <th scope="col">Finding</th>
            <th scope="col">Severity</th>
            <th scope="col" class="number">
              Runs
            </th>
            <th scope="col" class="share-column">
              <span class="unseen">Share of all runs</span>
            </th>
            <th scope="col">Worst run</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <FindingLine key={row.id} row={row} count={count} />
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button type="button" class="quiet more" onClick={() => setAll(true)}>
          Show {rows.length - shown.length} more
        </button>
      )}
    </section>
  );
}

function FindingLine({ row, count }: { row: FindingRow; count: number }) {
  const { id, severity, runs: having, following } = row;
  const worst = having[0];
  return (
    <tr class={severity}>
      <th scope="row">
        <button
          type="button"
          class="linked"
          data-testid="finding-filter"
          data-id={id}
          aria-pressed={finding.value === id}
          onClick={() => (finding.value = finding.value === id ? "" : id)}
        >
          <Glyph verdict={severity} size={14} />
          {title(id)}
        </button>
      </th>
      <td>{severity}</td>
      <td class="number" title={following ? `and in ${following} as a consequence` : undefined}>
        {having.length.toLocaleString("en")}
      </td>
      <td class="share-column" aria-hidden="true">
        <i style={{ width: `${(100 * having.length) / Math.max(1, count)}%` }} />
      </td>
      <td>
        {worst && (
          <button type="button" class="linked" onClick={() => choose(worst.name)}>
            {worst.name}
          </button>
        )}
      </td>
    </tr>
  );
}

const SICK: ReadonlySet<Verdict> = new Set(["critical", "warning"]);

/** What sets sick runs apart from the others; of one finding, once it is chosen. */
function Commons({ items }: { items: readonly ListedRun[] }) {
  const chosen = finding.value;
  const found = useMemo(() => {
    const has = ({ findings }: ListedRun) => findings.some(({ id }) => id === chosen);
    return common(items, chosen ? has : ({ verdict }) => SICK.has(verdict));
  }, [items, chosen]);
  const about = chosen ? `Runs with ${title(chosen).toLowerCase()}` : "Sick runs";
  if (!found.length) return null;
  return (
    <section class="block" aria-labelledby="common-title" data-testid="common">
      <div class="block-head">
        <h2 id="common-title">What {about.toLowerCase()} have in common</h2>
      </div>
      <ul class="common">
        {found.map(({ label, inside, size, outside, rest }) => (
          <li key={label}>
            <b>{label}</b>
            <span>
              {inside} of {size} with it, {outside} of {rest} without
            </span>
            <Bar share={inside / size} />
            <Bar share={outside / rest} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const Bar = ({ share }: { share: number }) => (
  <i class="bar" aria-hidden="true">
    <b style={{ width: `${100 * share}%` }} />
  </i>
);
