// The findings of several runs, for paper: sentences and numbers, without charts.
import { change, grouped, headline } from "../lib/findings";
import { about, title, when } from "../lib/words";
import { printed } from "../state";
import type { Outcome, Run } from "../wire/types";
import { Measured } from "./measured";
import { Glyph } from "./glyph";
import { Prose } from "./prose";
import { Suggestion } from "./suggestion";

export function Printed() {
  return (
    <>
      {printed.value.map((run) => (
        <PrintedRun key={run.name} run={run} />
      ))}
    </>
  );
}

function PrintedRun({ run }: { run: Run }) {
  const last = run.steps?.last ?? null;
  return (
    <section class="page printed">
      <h2>
        <Glyph verdict={run.verdict} named /> {run.name}
      </h2>
      <p class="page-about">{about(run).join(" · ")}</p>
      <p class="headline-text">
        <Prose text={headline(run)} />
      </p>
      <Suggestion text={change(run)} />
      {grouped(run.outcomes)
        .flatMap(({ head, consequences }) => [head, ...consequences])
        .map((outcome) => (
          <PrintedFinding key={outcome.id} outcome={outcome} last={last} />
        ))}
    </section>
  );
}

function PrintedFinding({ outcome, last }: { outcome: Outcome; last: number | null }) {
  return (
    <div class={`printed-finding ${outcome.severity}`}>
      <h3>
        <Glyph verdict={outcome.severity} size={12} named /> {title(outcome.id)}{" "}
        <span>{when(outcome, last)}</span>
      </h3>
      {outcome.evidence.map((evidence, at) => (
        <div key={at}>
          <p>
            <Prose text={evidence.message} />
          </p>
          <Measured evidence={evidence} />
          <p>
            <b>Change:</b> <Prose text={evidence.suggestion} />
          </p>
        </div>
      ))}
    </div>
  );
}
