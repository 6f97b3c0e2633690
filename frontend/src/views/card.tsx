// One finding that stands for itself: what, where, the proof, the cure, and what follows from it.
import { useState } from "preact/hooks";
import { linkToCard } from "../actions";
import { brief } from "../lib/numbers";
import { isNew } from "../lib/news";
import { isWorse } from "../lib/overview";
import { span, title, when } from "../lib/words";
import { looks, printing, run } from "../state";
import type { Evidence, Outcome } from "../wire/types";
import { Measured } from "./measured";
import { Explanation } from "./explanation";
import { Figure } from "./figure";
import { Glyph } from "./glyph";
import { Prose } from "./prose";
import { Copy, Suggestion } from "./suggestion";

/** Evidence shown before one asks for more. */
const FEW = 2;

type Props = {
  outcome: Outcome;
  consequences: readonly Outcome[];
  /** What stands above all cards, and need not be said again. */
  said: readonly string[];
};

export function Card({ outcome, consequences, said }: Props) {
  return (
    <article
      class={`card ${outcome.severity}`}
      id={`card-${outcome.id}`}
      tabIndex={-1}
      data-testid="card"
      data-id={outcome.id}
      aria-labelledby={`title-${outcome.id}`}
    >
      <CardHead outcome={outcome} />
      <Proof outcome={outcome} said={said} />
      {consequences.length > 0 && <Consequences head={outcome} outcomes={consequences} />}
      <Explanation outcome={outcome} />
    </article>
  );
}

function CardHead({ outcome }: { outcome: Outcome }) {
  const { id, severity, detected_at } = outcome;
  const since = { id, severity, caused_by: null, detected_at };
  return (
    <header class="card-head">
      <h2 id={`title-${id}`}>{title(id)}</h2>
      <span class={`badge ${severity}`}>{severity}</span>
      {isNew(since, run.value?.name ?? "", looks.value) && <span class="badge new">new</span>}
      <span class="card-where">{when(outcome, run.value?.steps?.last ?? null)}</span>
      <Copy text={linkToCard(id)} title="Copy a link to this finding">
        Link
      </Copy>
    </header>
  );
}

function Proof({ outcome, said }: { outcome: Outcome; said: readonly string[] }) {
  const [all, setAll] = useState(false);
  const shown = all || printing.value ? outcome.evidence : outcome.evidence.slice(0, FEW);
  const rest = outcome.evidence.length - shown.length;
  return (
    <>
      {shown.map((evidence, at) => {
        const before = [...said, shown[at - 1]?.suggestion ?? ""];
        return <Seen key={at} outcome={outcome} evidence={evidence} said={before} />;
      })}
      {rest > 0 && (
        <button type="button" class="quiet more" onClick={() => setAll(true)}>
          Show {rest} more
        </button>
      )}
    </>
  );
}

type SeenProps = { outcome: Outcome; evidence: Evidence; said: readonly string[] };

function Seen({ outcome, evidence, said }: SeenProps) {
  const heard = (text: string) => said.some((sentence) => sentence.includes(text));
  return (
    <div class="seen">
      {!heard(evidence.message) && (
        <p class="message">
          <Prose text={evidence.message} />
        </p>
      )}
      <div class="seen-body">
        <Figure outcome={outcome} evidence={evidence} />
        <div class="seen-side">
          <Measured evidence={evidence} />
          {!heard(evidence.suggestion) && <Suggestion text={evidence.suggestion} />}
        </div>
      </div>
    </div>
  );
}

type ConsequencesProps = { head: Outcome; outcomes: readonly Outcome[] };

/** One that is more severe than what it follows from is open from the beginning. */
function Consequences({ head, outcomes }: ConsequencesProps) {
  const worse = outcomes.find(({ severity }) => isWorse(severity, head.severity));
  const [open, setOpen] = useState(worse?.id ?? null);
  const shown = printing.value ? outcomes : outcomes.filter(({ id }) => id === open);
  return (
    <div class="consequences">
      <h3>What follows from it</h3>
      {outcomes.map((outcome) => (
        <button
          type="button"
          class="consequence"
          key={outcome.id}
          data-testid="consequence"
          data-id={outcome.id}
          aria-expanded={outcome.id === open}
          onClick={() => setOpen(outcome.id === open ? null : outcome.id)}
        >
          <Glyph verdict={outcome.severity} size={12} named />
          {title(outcome.id)}
          <span class="consequence-where">{where(outcome)}</span>
        </button>
      ))}
      {shown.map((outcome) => (
        <div class="consequence-open" key={outcome.id}>
          <Proof outcome={outcome} said={[]} />
          <Explanation outcome={outcome} />
        </div>
      ))}
    </div>
  );
}

function where(outcome: Outcome): string {
  const first = outcome.evidence[0];
  const count = outcome.evidence.reduce((sum, { related }) => sum + 1 + related.length, 0);
  const steps = first ? span(first.steps, first.counted_in, run.value?.steps?.last ?? null) : "";
  return count > 1 ? `${steps} in ${brief(count)} curves` : steps;
}
