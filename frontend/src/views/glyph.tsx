// One sign for each verdict: told apart by form as well as by color.
import type { JSX } from "preact";
import type { Verdict } from "../wire/types";

export function Glyph({
  verdict,
  size = 16,
  named = false,
}: {
  verdict: Verdict;
  size?: number;
  named?: boolean;
}) {
  const said = named
    ? ({ role: "img", "aria-label": verdict } as const)
    : ({ "aria-hidden": true } as const);
  return (
    <svg class={`glyph ${verdict}`} width={size} height={size} viewBox="0 0 16 16" {...said}>
      {SHAPES[verdict]}
    </svg>
  );
}

const SHAPES: Record<Verdict, JSX.Element> = {
  critical: (
    <>
      <circle class="body" cx="8" cy="8" r="7" />
      <path class="mark" d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" />
    </>
  ),
  warning: (
    <>
      <path class="body" d="M8 1.6L15 14H1z" stroke-linejoin="round" />
      <path class="mark" d="M8 6.2v3.6M8 11.9v.2" />
    </>
  ),
  info: (
    <>
      <circle class="body" cx="8" cy="8" r="7" />
      <path class="mark" d="M8 7.3v4M8 4.5v.2" />
    </>
  ),
  healthy: (
    <>
      <circle class="rim" cx="8" cy="8" r="6.25" />
      <path class="tick" d="M5 8.3l2.1 2.1L11 6.2" />
    </>
  ),
  undecided: <circle class="rim dotted" cx="8" cy="8" r="6.25" />,
  unreadable: (
    <>
      <circle class="rim" cx="8" cy="8" r="6.25" />
      <path class="tick" d="M3.8 12.2l8.4-8.4" />
    </>
  ),
};
