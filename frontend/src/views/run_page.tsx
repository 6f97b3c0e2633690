// Everything about one run, in the order in which one asks.
import { useEffect, useMemo, useState } from "preact/hooks";
import { isLive, open, pick } from "../actions";
import { choices } from "../address";
import { change, grouped, headline, panels, secondsLost } from "../lib/findings";
import { duration } from "../lib/numbers";
import { differing, healthyTwin } from "../lib/overview";
import { about, plural, sentence, stateOf } from "../lib/words";
import { chosen, heatTitles, missing, picked, run, runs, status } from "../state";
import type { Run } from "../wire/types";
import { AxisControls } from "./axis_controls";
import { Card } from "./card";
import { Causes } from "./causes";
import { Exports } from "./exports";
import { Skeleton, Trouble } from "./empty_states";
import { CurveChart } from "./figure";
import { Glyph } from "./glyph";
import { Layers } from "./layers";
import { Checks } from "./checks";
import { Prose } from "./prose";
import { Copy, Suggestion } from "./suggestion";
import { jump, Timeline } from "./timeline";

export function RunPage() {
  const shown = run.value;
  const name = shown?.name;
  useEffect(() => {
    document.querySelector(".main")?.scrollTo(0, 0);
    const card = choices()["card"];
    if (card && name) requestAnimationFrame(() => jump({ id: card }));
  }, [name]);
  if (missing.value) return <Trouble title="This run cannot be shown" message={missing.value} />;
  if (!shown || shown.name !== chosen.value) return <Skeleton />;
  return <Report run={shown} />;
}

/** One run from its headline to its checks. */
function Report({ run: shown }: { run: Run }) {
  const groups = grouped(shown.outcomes);
  const first = change(shown);
  return (
    <div class="page two-columns" key={shown.name}>
      <Head run={shown} first={first} />
      <Timeline run={shown} />
      {groups.length > 0 && (
        <div class="column">
          {shown.curves.length > 0 && <AxisControls />}
          {groups.map(({ head, consequences }) => (
            <Card
              key={head.id}
              outcome={head}
              consequences={consequences}
              said={[headline(shown), first]}
            />
          ))}
        </div>
      )}
      <div class="column">
        {shown.curves.length > 0 && <Curves run={shown} />}
        {heatTitles.value.length > 0 && <Layers />}
        <Checks run={shown} />
      </div>
    </div>
  );
}

function Head({ run: shown, first }: { run: Run; first: string }) {
  const count = grouped(shown.outcomes).length;
  const lost = secondsLost(shown);
  // Each answer of the source has the age told again.
  const state = stateOf(shown, isLive() && status.value ? Date.now() : null);
  return (
    <header class="page-head">
      <div class="page-top">
        <h1 tabIndex={-1} id="run-title">
          {shown.name}
        </h1>
        {state && <span class={`run-state ${shown.state}`}>{sentence(state)}</span>}
        <Copy text={shown.name} title="Copy the run's name">
          Copy name
        </Copy>
        <Exports run={shown.name} />
      </div>
      <p class="page-about">
        {about(shown).map((part) => (
          <span key={part}>{part}</span>
        ))}
      </p>
      <div class={`headline ${shown.verdict}`} data-testid="headline">
        <Glyph verdict={shown.verdict} size={22} named />
        <div aria-live="polite">
          <p class="headline-text">
            <Prose text={headline(shown)} />
          </p>
          {(count > 1 || lost >= 60) && (
            <p class="headline-more">
              {count > 1 && `${plural(count - 1, "further finding")}. `}
              {lost >= 60 && `It could have been stopped ${duration(lost)} before its end.`}
            </p>
          )}
        </div>
      </div>
      <Suggestion text={first} level="h2" />
      <Causes causes={shown.causes} said={first} />
      <Twin run={shown} />
    </header>
  );
}

/** A healthy run that is most like this one, and what they differ in. */
function Twin({ run: shown }: { run: Run }) {
  const items = runs.value?.runs;
  const item = items?.find(({ name }) => name === shown.name);
  const twin = useMemo(() => {
    const sick = item?.verdict === "critical" || item?.verdict === "warning";
    return sick ? healthyTwin(item, items ?? []) : null;
  }, [item, items]);
  if (!item || !twin) return null;
  const compare = () => {
    picked.value = new Set();
    [item.name, twin.item.name].forEach(pick);
    open("compare");
  };
  const names = differing([item, twin.item]).slice(0, 3);
  const values = names.map(
    (name) => `${name} ${item.parameters[name] ?? "–"} → ${twin.item.parameters[name] ?? "–"}`,
  );
  return (
    <p class="twin" data-testid="twin">
      Healthy and most like it:{" "}
      <button type="button" class="linked" onClick={compare}>
        compare with {twin.item.name}
      </button>
      {values.length > 0 && <span> ({values.join(", ")})</span>}
    </p>
  );
}

function Curves({ run: shown }: { run: Run }) {
  const all = useMemo(
    () => panels(shown).map((panel) => ({ ...panel, shown: { curves: panel.curves, sum: false } })),
    [shown],
  );
  const [more, setMore] = useState(false);
  const hidden = more ? 0 : all.filter((panel) => !panel.main).length;
  return (
    <section class="block" aria-labelledby="curves-title">
      <div class="block-head">
        <h2 id="curves-title">Curves</h2>
        {!grouped(shown.outcomes).length && <AxisControls />}
      </div>
      <div class="panels">
        {all
          .filter((panel) => more || panel.main)
          .map((panel) => (
            <figure class="panel" key={panel.title} aria-label={panel.title}>
              <CurveChart shown={panel.shown} height={150} />
            </figure>
          ))}
      </div>
      {hidden > 0 && (
        <button type="button" class="quiet more" onClick={() => setMore(true)}>
          Show {hidden} more {hidden === 1 ? "curve" : "curves"}
        </button>
      )}
    </section>
  );
}

/** The title gets the focus once a run is opened by key. */
export const focusTitle = (): void => document.getElementById("run-title")?.focus();
