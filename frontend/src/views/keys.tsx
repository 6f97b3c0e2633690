// What the keys do, and the sheet that tells it.
import { useEffect, useRef } from "preact/hooks";
import { open, pick, search, step } from "../actions";
import { chosen, filter, finding, helpOpen, inList, listed, view } from "../state";
import { focusTitle } from "./run_page";

const KEYS: [string, string][] = [
  ["j  k", "next and previous run"],
  ["n  p", "next and previous finding"],
  ["o", "all runs at once"],
  ["c", "compare"],
  ["x", "pick the run for comparison"],
  ["/", "filter runs"],
  ["Enter", "from the list to the run"],
  ["Esc", "clear the filter, back to the list"],
  ["←  →", "in a chart: move the cursor"],
  ["+  −  0", "in a chart: zoom in, out, whole run"],
  ["?", "this sheet"],
];

const ACTIONS: Record<string, () => void> = {
  j: () => step(1),
  k: () => step(-1),
  n: () => toCard(1),
  p: () => toCard(-1),
  o: () => open("overview"),
  c: () => open("compare"),
  x: () => chosen.value !== null && view.value === "run" && pick(chosen.value),
  "/": () => document.getElementById("run-filter")?.focus(),
  "?": () => (helpOpen.value = !helpOpen.value),
};

export function pressed(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const typing = target.matches("input:not([type=checkbox], [type=range]), textarea, select");
  if (event.key === "Escape") return escape(typing);
  if (typing || target.isContentEditable) return;
  if (event.key === "Enter" && target.matches("[role=listbox]")) {
    inList.value = false;
    requestAnimationFrame(focusTitle);
    return;
  }
  const act = ACTIONS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function escape(typing: boolean): void {
  if (helpOpen.value) helpOpen.value = false;
  else if (typing && filter.value) search("");
  else if (finding.value) finding.value = "";
  else {
    inList.value = listed.value.length > 0;
    document.querySelector<HTMLElement>("[role=listbox]")?.focus();
  }
}

function toCard(by: number): void {
  const cards = [...document.querySelectorAll<HTMLElement>(".main .card")];
  const now = cards.indexOf(document.activeElement as HTMLElement);
  const next = cards[Math.max(0, Math.min(cards.length - 1, now + by))];
  next?.scrollIntoView({ block: "start" });
  next?.focus({ preventScroll: true });
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = helpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      class="help"
      ref={dialog}
      aria-labelledby="help-title"
      data-testid="help"
      onClose={() => (helpOpen.value = false)}
      onClick={() => (helpOpen.value = false)}
    >
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split("  ").map((symbol) => (
                <kbd key={symbol}>{symbol}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button">Close</button>
    </dialog>
  );
}
