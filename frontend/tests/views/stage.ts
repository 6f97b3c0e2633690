// A window without a browser: what the views need of one, before anything of theirs is imported.
import { Window } from "happy-dom";

const window = new Window({
  url: "http://localhost/data/plugin/diagnose/",
  width: 1200,
  height: 800,
});
const scope = globalThis as Record<string, unknown>;

/** Nothing ever comes into view: charts need a canvas, which there is none of. */
class Unseen {
  observe(): void {}
  disconnect(): void {}
}

for (const name of [
  "document",
  "history",
  "location",
  "localStorage",
  "HTMLElement",
  "Element",
  "Node",
  "Event",
  "CustomEvent",
  "KeyboardEvent",
  "MouseEvent",
  "SVGElement",
  "MutationObserver",
]) {
  scope[name] = (window as unknown as Record<string, unknown>)[name];
}
// Node has a navigator of its own from version 21 on, which cannot be assigned to.
Object.defineProperty(scope, "navigator", { value: window.navigator, configurable: true });
Object.assign(scope, {
  window,
  devicePixelRatio: 1,
  IntersectionObserver: Unseen,
  ResizeObserver: Unseen,
  requestAnimationFrame: (call: () => void) => setTimeout(call, 0),
  cancelAnimationFrame: clearTimeout,
  matchMedia: () => ({ matches: false, addEventListener: () => {} }),
});

Object.defineProperty(window.HTMLElement.prototype, "scrollIntoView", { value: () => {} });
for (const name of ["showModal", "close"])
  Object.defineProperty(window.HTMLDialogElement.prototype, name, {
    value(this: HTMLDialogElement) {
      this.open = name === "showModal";
    },
  });

export const page = globalThis.document;
export const id = (name: string, more = ""): string => `[data-testid=${name}]${more}`;
export const all = (selector: string): HTMLElement[] => [
  ...page.querySelectorAll<HTMLElement>(selector),
];
export const one = (selector: string): HTMLElement => {
  const found = all(selector);
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`${found.length} elements match ${selector}`);
  return first;
};
export const text = (selector: string): string => one(selector).textContent;
export const names = (): (string | undefined)[] =>
  all(id("run-item")).map((row) => row.dataset["run"]);
