// The statistic against its limit: one sentence, and a line with the side of the alarm marked.
import { gauge, phrases } from "../lib/measure";
import type { Evidence } from "../wire/types";

export function Measured({ evidence }: { evidence: Evidence }) {
  const comparison = evidence.comparison;
  const confidence = evidence.confidence;
  if (!comparison) return confidence ? <p class="confidence">{confidence}</p> : null;
  const { measured, alarm } = phrases(comparison);
  const at = gauge(comparison);
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  return (
    <div class={`measure ${evidence.severity}`} data-testid="comparison">
      <p>
        Measured <b>{measured}</b>, {alarm}
      </p>
      {at && (
        <div class="gauge" aria-hidden="true">
          <i
            class="gauge-alarm"
            style={{ left: percent(at.from), width: percent(at.to - at.from) }}
          />
          <i class="gauge-limit" style={{ left: percent(at.limit) }} />
          <i class="gauge-dot" style={{ left: percent(at.value) }} />
        </div>
      )}
      {confidence && <p class="confidence">{confidence}</p>}
    </div>
  );
}
