// Several runs side by side: what was found between them, their losses in one chart, their verdicts in a table.
import { useEffect, useState } from "preact/hooks";
import { choose, curvesOf, detailsOf } from "../actions";
import { colour, place } from "../lib/colours";
import { brief, numeric } from "../lib/numbers";
import { drawnFrom, type Line } from "../lib/series";
import { humane, parted, plural, sentence } from "../lib/words";
import { dark, fleet, listed, order } from "../state";
import type { Comparison, Item } from "../wire/routes";
import { Chart } from "./chart";
import { Exports } from "./exports";
import { Glyph, verdictName } from "./glyph";
import { Prose } from "./prose";
import { Spark } from "./spark";
import { Try } from "./try";

/** Curves in one chart (chosen: as many colours as TensorBoard has). */
const MOST = 7;
/** Rows before one asks for more. */
const ROWS = 50;

export function Compare() {
  const found = fleet.value?.comparisons.filter((each) => each.verdict === "found") ?? [];
  const items = listed.value;
  return (
    <div class="page" data-testid="compare">
      <header class="page-head">
        <div class="page-top">
          <h1 tabIndex={-1}>{plural(items.length, "run")} compared</h1>
          <Exports run={null} />
        </div>
        <p class="page-about">
          <span>The filter and the signs on the left decide which.</span>
        </p>
      </header>
      {found.map((each) => (
        <Between key={each.id} finding={each} />
      ))}
      {items.length > 0 ? (
        <>
          <Losses items={items} />
          <Table items={items} />
        </>
      ) : (
        <p class="notice">No run matches the filter.</p>
      )}
    </div>
  );
}

function Between({ finding }: { finding: Comparison }) {
  return (
    <article class={`card ${finding.severity}`} data-testid="card" data-id={finding.id}>
      <header class="card-head">
        <h2>{humane(finding.id)}</h2>
        <span class={`badge ${finding.severity}`}>
          {finding.severity === "info" ? "note" : finding.severity}
        </span>
        <span class="card-where">{plural(finding.runs.length, "run")}</span>
      </header>
      {finding.evidence.map((each, at) => (
        <div class="seen" key={at}>
          <p class="says">
            <Prose text={each.message} />
          </p>
          {each.suggestion !== finding.evidence[at + 1]?.suggestion && (
            <Try text={each.suggestion} />
          )}
        </div>
      ))}
    </article>
  );
}

function Losses({ items }: { items: readonly Item[] }) {
  const [lines, setLines] = useState<Line[]>([]);
  const shown = items.slice(0, MOST);
  const key = shown.map((each) => `${each.name} ${each.changed}`).join("\n");
  useEffect(() => {
    let stale = false;
    void Promise.all(shown.map(loss)).then(
      (all) => stale || setLines(apart(all.filter((each) => each !== null))),
    );
    return () => {
      stale = true;
    };
  }, [key, order.value, dark.value]);
  if (!lines.length) return null;
  return (
    <section class="block" aria-labelledby="losses-title">
      <div class="block-head">
        <h2 id="losses-title">Training loss</h2>
        {items.length > MOST && <p class="ledger-sum">of the first {MOST} in the list</p>}
      </div>
      <Chart
        lines={lines}
        label={`Training losses of ${lines.map((each) => each.name).join(", ")}`}
        unit="steps"
        height={260}
      />
    </section>
  );
}

/** A run's main loss; null where it has none. */
async function loss(item: Item): Promise<Line | null> {
  const details = await detailsOf(item.name).catch(() => null);
  const curve =
    details?.curves.find((each) => each.role === "train_loss") ??
    details?.curves.find((each) => each.role === "val_loss");
  if (!curve) return null;
  const drawn =
    (await curvesOf(item.name, [curve.name]).catch(() => null))?.get(curve.name) ??
    drawnFrom(curve);
  const at = fleet.value?.runs.findIndex((each) => each.name === item.name) ?? 0;
  return {
    ...drawn,
    name: item.name,
    dashed: false,
    colour: colour(place(item.name, order.value, at), dark.value),
  };
}

/** TensorBoard's colours where they differ; a run whose colour is taken gets one that is free. */
function apart(lines: Line[]): Line[] {
  const taken = new Set<string>();
  return lines.map((line) => {
    const free = Array.from({ length: MOST }, (_, at) => colour(at, dark.value)).find(
      (each) => !taken.has(each),
    );
    const own = taken.has(line.colour) && free ? free : line.colour;
    taken.add(own);
    return { ...line, colour: own };
  });
}

function Table({ items }: { items: readonly Item[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, ROWS);
  return (
    <section class="block">
      <table class="fleet">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Worst</th>
            <th scope="col" class="number">
              Findings
            </th>
            <th scope="col" class="number">
              Loss, first → last
            </th>
            <th scope="col">Course</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((each) => (
            <Row key={each.name} item={each} />
          ))}
        </tbody>
      </table>
      {shown.length < items.length && (
        <button type="button" class="quiet more" onClick={() => setAll(true)}>
          Show all {items.length}
        </button>
      )}
    </section>
  );
}

function Row({ item }: { item: Item }) {
  const [folder, name] = parted(item.name);
  const { critical, warning, info } = item.counts;
  return (
    <tr>
      <th scope="row">
        <button type="button" class="linked" onClick={() => choose(item.name)}>
          <Glyph verdict={item.verdict} size={14} named />
          <span>
            <span class="run-folder">{folder}</span>
            {name}
          </span>
        </button>
      </th>
      <td>{item.worst ? humane(item.worst) : sentence(verdictName(item.verdict))}</td>
      <td class="number">{critical + warning + info || ""}</td>
      <td class="number">{course(item.spark)}</td>
      <td>
        <Spark values={item.spark} />
      </td>
    </tr>
  );
}

function course(spark: Item["spark"]): string {
  const said = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : brief(numeric(value) ?? NaN);
  return spark.length ? `${said(spark[0])} → ${said(spark[spark.length - 1])}` : "";
}
