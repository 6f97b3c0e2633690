// Everything about one run, in the order in which one asks.
import { useEffect, useMemo, useState } from "preact/hooks";
import { grouped, panels } from "../lib/groups";
import { duration } from "../lib/numbers";
import { about, plural } from "../lib/words";
import { heatTitles, missing, page, run, smoothing } from "../state";
import type { Run } from "../wire/routes";
import { Card } from "./card";
import { Exports } from "./exports";
import { CurveChart } from "./figure";
import { Glyph } from "./glyph";
import { Layers } from "./layers";
import { Ledger } from "./ledger";
import { Prose } from "./prose";
import { Skeleton, Trouble } from "./states";

export function RunPage() {
  const shown = run.value;
  useEffect(() => document.querySelector(".main")?.scrollTo(0, 0), [shown?.name]);
  if (missing.value) return <Trouble title="This run cannot be shown" says={missing.value} />;
  if (!shown) return <Skeleton />;
  const groups = grouped(shown.outcomes);
  return (
    <div class="page" key={shown.name}>
      <Head run={shown} />
      {groups.map(({ head, led }) => (
        <Card key={head.id} outcome={head} led={led} />
      ))}
      {shown.curves.length > 0 && <Curves run={shown} />}
      {heatTitles.value.length > 0 && <Layers />}
      <Ledger run={shown} />
    </div>
  );
}

function Head({ run: shown }: { run: Run }) {
  return (
    <header class="page-head">
      <div class="page-top">
        <h1 tabIndex={-1} id="run-title">
          {shown.name}
        </h1>
        <Exports run={shown.name} />
      </div>
      <p class="page-about">
        {about(shown).map((each) => (
          <span key={each}>{each}</span>
        ))}
      </p>
      <div class={`headline ${shown.verdict}`} data-testid="headline">
        <Glyph verdict={shown.verdict} size={22} named />
        <p aria-live="polite">
          <Verdict run={shown} />
        </p>
      </div>
    </header>
  );
}

/** What a person would say first; the numbers stand on the card below, the cost of waiting here. */
function Verdict({ run: shown }: { run: Run }) {
  const groups = grouped(shown.outcomes);
  const first = groups[0]?.head;
  if (!first) return <Prose text={shown.headline} />;
  const wasted = Math.max(...groups.map(({ head }) => Number(head.seconds_after_detection ?? 0)));
  const more = groups.length - 1;
  return (
    <>
      {first.title}.{" "}
      <span class="headline-more">
        {more > 0 && `${plural(more, "further finding")}. `}
        {wasted >= 60 && `It could have been stopped ${duration(wasted)} before its end.`}
      </span>
    </>
  );
}

function Curves({ run: shown }: { run: Run }) {
  const all = useMemo(() => panels(shown), [shown]);
  const [more, setMore] = useState(false);
  const hidden = more ? 0 : all.filter((each) => !each.main).length;
  return (
    <section class="block" aria-labelledby="curves-title">
      <div class="block-head">
        <h2 id="curves-title">Curves</h2>
        <Smoothing />
      </div>
      <div class="panels">
        {all
          .filter((each) => more || each.main)
          .map((panel) => (
            <figure class="panel" key={panel.title}>
              <figcaption>{panel.title}</figcaption>
              <CurveChart shown={panel.curves} height={150} />
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

function Smoothing() {
  return (
    <label class="smoothing" data-testid="smoothing">
      <span>Smoothing</span>
      <input
        type="range"
        min="0"
        max="0.99"
        step="0.01"
        value={smoothing.value}
        aria-valuetext={smoothing.value.toFixed(2)}
        onInput={(event) => (smoothing.value = Number(event.currentTarget.value))}
      />
      <output>{smoothing.value.toFixed(2)}</output>
    </label>
  );
}

/** The title gets the focus once a run is opened by key. */
export const focusTitle = (): void => {
  if (page.value === "run") document.getElementById("run-title")?.focus();
};
