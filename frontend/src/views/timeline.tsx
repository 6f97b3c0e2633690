// All findings of a run against its steps: where each shows, and from when on it could be told.
import { useRef } from "preact/hooks";
import { grouped } from "../lib/findings";
import { increment, multiples } from "../lib/ticks";
import { singular, title, when } from "../lib/words";
import { cursor, curves, run as shownRun, zoom } from "../state";
import { momentAt, stepAt } from "../lib/clock";
import type { Clock, Outcome, Run } from "../wire/types";
import { Glyph } from "./glyph";

type Row = {
  outcome: Outcome;
  from: number;
  to: number;
  points: number[];
  detected: number | null;
};

export function Timeline({ run }: { run: Run }) {
  const field = useRef<HTMLDivElement>(null);
  if (!run.steps || run.steps.last <= run.steps.first) return null;
  const { first, last, counted_in: unit } = run.steps;
  const rows = grouped(run.outcomes)
    .flatMap(({ head, consequences }) => [head, ...consequences])
    .map((outcome) => rowOf(outcome, run))
    .filter((row) => row !== null);
  if (!rows.length) return null;
  const share = (step: number) => `${((100 * (step - first)) / (last - first)).toFixed(2)}%`;
  const clock = clockOf(run, unit);
  const own = `step ${singular(unit)}`;
  const place = (at: typeof cursor.value) =>
    at === null
      ? null
      : at.unit === own
        ? at.x
        : at.seconds === null
          ? null
          : stepAt(clock, at.seconds);
  const at = place(cursor.value);
  const window = zoom.value?.map(place);
  const point = (event: MouseEvent) => {
    const box = field.current?.getBoundingClientRect();
    if (!box) return;
    const x = first + ((event.clientX - box.left) / box.width) * (last - first);
    const step = Math.round(Math.max(first, Math.min(last, x)));
    cursor.value = { unit: own, x: step, seconds: momentAt(clock, step) };
  };
  return (
    <section class="timeline" data-testid="timeline" aria-label="Findings over the run">
      <ol>
        {rows.map(({ outcome, from, to, points, detected }) => (
          <li key={outcome.id} class={`${outcome.severity} ${outcome.caused_by ? "follows" : ""}`}>
            <button type="button" class="quiet" onClick={() => jump(outcome, run)}>
              <Glyph verdict={outcome.severity} size={12} named />
              <span>{title(outcome.id)}</span>
            </button>
            <span class="timeline-row" title={when(outcome, last)}>
              {points.length ? (
                points.map((step) => (
                  <i class="timeline-point" key={step} style={{ left: share(step) }} />
                ))
              ) : (
                <i
                  class="timeline-bar"
                  style={{ left: share(from), right: `calc(100% - ${share(to)})` }}
                />
              )}
              {detected !== null && (
                <i class="timeline-detected" style={{ left: share(detected) }} />
              )}
            </span>
          </li>
        ))}
      </ol>
      <div
        class="timeline-field"
        ref={field}
        onMouseMove={point}
        onMouseLeave={() => (cursor.value = null)}
        aria-hidden="true"
      >
        {at !== null && at >= first && at <= last && (
          <i class="timeline-cursor" style={{ left: share(at) }} />
        )}
        {window?.[0] != null && window[1] != null && (
          <i
            class="timeline-window"
            style={{
              left: share(Math.max(first, window[0])),
              right: `calc(100% - ${share(Math.min(last, window[1]))})`,
            }}
          />
        )}
      </div>
      <div class="timeline-axis" aria-hidden="true">
        {multiples(first, last, Math.max(1, increment(last - first, 8))).map((step) => (
          <span key={step} style={{ left: share(step) }}>
            {step.toLocaleString("en")}
          </span>
        ))}
        <b>{singular(unit)}</b>
      </div>
    </section>
  );
}

/** A curve of the run that counts in this unit tells when its steps were logged. */
function clockOf(run: Run, unit: string): Clock {
  const curve = run.curves.find(
    ({ counted_in, name }) => counted_in === unit && curves.value.has(name),
  );
  return curves.value.get(curve?.name ?? "")?.clock ?? [];
}

/** Steps of another unit are found by their moment; null where that is not known. */
function rowOf(outcome: Outcome, run: Run): Row | null {
  const evidence = outcome.evidence.find(({ steps }) => steps.length);
  if (!evidence || !run.steps) return null;
  const unit = run.steps.counted_in;
  const [own, main] = [clockOf(run, evidence.counted_in), clockOf(run, unit)];
  const place = (step: number | null) => {
    if (step === null || evidence.counted_in === unit) return step;
    const moment = momentAt(own, step);
    return moment === null ? null : stepAt(main, moment);
  };
  const within = (step: number) =>
    Math.max(run.steps?.first ?? 0, Math.min(run.steps?.last ?? 0, step));
  const steps = evidence.steps
    .map(place)
    .filter((step) => step !== null)
    .map(within);
  if (!steps.length) return null;
  const [from, to] = [Math.min(...steps), Math.max(...steps)];
  const begin = place(evidence.first_step);
  const detected = place(outcome.detected_step);
  const later = detected !== null && begin !== null && detected > begin ? within(detected) : null;
  const stretched = steps.length === 2 || (steps.length > 2 && steps.length >= (to - from) / 2);
  return { outcome, from, to, points: stretched ? [] : [...new Set(steps)], detected: later };
}

/** To the card of a finding, or of the one that it follows from. */
export function jump(outcome: Pick<Outcome, "id">, run: Run | null = shownRun.value): void {
  const group = grouped(run?.outcomes ?? []).find(
    ({ head, consequences }) =>
      head.id === outcome.id || consequences.some(({ id }) => id === outcome.id),
  );
  const card = document.getElementById(`card-${group?.head.id}`);
  card?.scrollIntoView({ block: "start", behavior: "smooth" });
  card?.focus({ preventScroll: true });
}
