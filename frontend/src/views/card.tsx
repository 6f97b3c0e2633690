// One finding that stands for itself: what, where, the proof, the cure, and what comes with it.
import { useState } from "preact/hooks";
import { brief, duration } from "../lib/numbers";
import { humane, span } from "../lib/words";
import { run } from "../state";
import type { Evidence, Outcome } from "../wire/routes";
import { Figure } from "./figure";
import { Glyph } from "./glyph";
import { Judged } from "./judged";
import { Measure } from "./measure";
import { Prose } from "./prose";
import { Try } from "./try";

/** Evidence shown before one asks for more. */
const FEW = 2;
/** Seconds worth a word (chosen: what a person would have waited for). */
const WORTH = 5;

export function Card({ outcome, led }: { outcome: Outcome; led: readonly Outcome[] }) {
  return (
    <article
      class={`card ${outcome.severity}`}
      data-testid="card"
      data-id={outcome.id}
      aria-labelledby={`card-${outcome.id}`}
    >
      <Title outcome={outcome} />
      <Proof outcome={outcome} />
      {led.length > 0 && <Consequences led={led} />}
      <Judged outcome={outcome} />
    </article>
  );
}

function Title({ outcome }: { outcome: Outcome }) {
  return (
    <header class="card-head">
      <h2 id={`card-${outcome.id}`}>{humane(outcome.id)}</h2>
      <span class={`badge ${outcome.severity}`}>
        {outcome.severity === "info" ? "note" : outcome.severity}
      </span>
      <span class="card-where">{where(outcome)}</span>
    </header>
  );
}

function where(outcome: Outcome): string {
  const first = outcome.evidence[0];
  if (!first) return "";
  const parts = [span(first.steps, first.counted_in, run.value?.steps?.last ?? null)];
  const { detected_step: detected, seconds_after_detection: wasted } = outcome;
  if (detected !== null && first.steps[0] !== detected) {
    parts.push(`known since ${span([detected], first.counted_in)}`);
  }
  if (wasted !== null && Number(wasted) >= WORTH) parts.push(`${duration(wasted)} before the end`);
  return parts.filter(Boolean).join(" · ");
}

function Proof({ outcome }: { outcome: Outcome }) {
  const [all, setAll] = useState(false);
  const shown = all ? outcome.evidence : outcome.evidence.slice(0, FEW);
  const rest = outcome.evidence.length - shown.length;
  return (
    <>
      {shown.map((evidence, at) => (
        <Seen
          key={at}
          outcome={outcome}
          evidence={evidence}
          again={shown[at - 1]?.suggestion === evidence.suggestion}
        />
      ))}
      {rest > 0 && (
        <button type="button" class="quiet more" onClick={() => setAll(true)}>
          Show {rest} more
        </button>
      )}
    </>
  );
}

function Seen({
  outcome,
  evidence,
  again,
}: {
  outcome: Outcome;
  evidence: Evidence;
  again: boolean;
}) {
  return (
    <div class="seen">
      <p class="says">
        <Prose text={evidence.message} />
      </p>
      <div class="seen-body">
        <Figure evidence={evidence} known={outcome.detected_step} severity={outcome.severity} />
        <div class="seen-side">
          <Measure evidence={evidence} />
          {!again && <Try text={evidence.suggestion} />}
        </div>
      </div>
    </div>
  );
}

function Consequences({ led }: { led: readonly Outcome[] }) {
  const [open, setOpen] = useState<string | null>(null);
  const shown = led.find((each) => each.id === open);
  return (
    <div class="led">
      <span class="led-label">Comes with it</span>
      {led.map((each) => (
        <button
          type="button"
          class="led-chip"
          key={each.id}
          data-testid="consequence"
          data-id={each.id}
          aria-expanded={each.id === open}
          onClick={() => setOpen(each.id === open ? null : each.id)}
        >
          <Glyph verdict={each.severity} size={12} />
          {humane(each.id)}
          <span class="led-where">{brieflyWhere(each)}</span>
        </button>
      ))}
      {shown && (
        <div class="led-open">
          <Proof outcome={shown} />
          <Judged outcome={shown} />
        </div>
      )}
    </div>
  );
}

function brieflyWhere(outcome: Outcome): string {
  const first = outcome.evidence[0];
  const places = outcome.evidence.reduce((sum, each) => sum + 1 + each.related.length, 0);
  const text = first ? span(first.steps, first.counted_in, run.value?.steps?.last ?? null) : "";
  return places > 1 ? `${text} in ${brief(places)} curves` : text;
}
