// The door: TensorBoard imports this module and calls render(); the offline report calls it itself.
import { options, render as draw } from "preact";
import uplot from "uplot/dist/uPlot.min.css";
import { begin, refresh } from "./actions";
import { fontFaces, watchReload, watchTheme, watchVisible } from "./host";
import { inline, type Report } from "./source/inline";
import { live } from "./source/live";
import { dark, printing, visible } from "./state";
import base from "./style/base.css";
import card from "./style/card.css";
import chart from "./style/chart.css";
import heat from "./style/heat.css";
import explanation from "./style/explanation.css";
import checks from "./style/checks.css";
import narrow from "./style/narrow.css";
import overview from "./style/overview.css";
import page from "./style/page.css";
import paper from "./style/print.css";
import sidebar from "./style/sidebar.css";
import signs from "./style/signs.css";
import states from "./style/states.css";
import timeline from "./style/timeline.css";
import { App } from "./views/app";

// Narrow windows and paper overrule the others, and so come last.
const SHEETS = [
  base,
  signs,
  sidebar,
  page,
  timeline,
  overview,
  card,
  explanation,
  chart,
  heat,
  checks,
  states,
  narrow,
  paper,
];

declare global {
  interface Window {
    __TB_DIAGNOSE__?: Report;
  }
}

export function render(): void {
  try {
    dress();
    watchTheme((now) => (dark.value = now));
    watchVisible((now) => (visible.value = now));
    window.addEventListener("beforeprint", () => print(true));
    window.addEventListener("afterprint", () => print(false));
    draw(<App />, document.body);
    const report = window.__TB_DIAGNOSE__;
    void begin(report ? inline(report) : live);
    if (!report) watchReload(() => void refresh());
  } catch (error) {
    // A blank frame tells nobody anything; TensorBoard shows no errors of a frame.
    document.body.textContent = `The Diagnose tab could not start: ${String(error)}`;
  }
}

/** All that is folded away and not in sight is drawn before the paper is: at once, not in a while. */
function print(now: boolean): void {
  const usual = { ...options };
  options.debounceRendering = (draw) => draw();
  printing.value = now;
  delete options.debounceRendering;
  Object.assign(options, usual);
  for (const fold of document.querySelectorAll<HTMLDetailsElement>(".causes details"))
    fold.open ||= now;
}

function dress(): void {
  const style = document.createElement("style");
  style.textContent = [fontFaces(), uplot, ...SHEETS].join("\n");
  document.head.append(style);
  document.documentElement.lang = "en";
  if (!document.title) document.title = "Diagnose";
}

if (window.__TB_DIAGNOSE__) render();
