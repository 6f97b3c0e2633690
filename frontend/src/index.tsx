// The door: TensorBoard imports this module and calls render(); the offline report calls it itself.
import { render as draw } from "preact";
import uplot from "uplot/dist/uPlot.min.css";
import { begin, refresh } from "./actions";
import { fontFaces, watchReload, watchTheme, watchVisible } from "./host";
import { inline } from "./source/inline";
import { live } from "./source/live";
import { dark, visible } from "./state";
import base from "./style/base.css";
import card from "./style/card.css";
import chart from "./style/chart.css";
import heat from "./style/heat.css";
import judged from "./style/judged.css";
import ledger from "./style/ledger.css";
import narrow from "./style/narrow.css";
import page from "./style/page.css";
import sidebar from "./style/sidebar.css";
import signs from "./style/signs.css";
import states from "./style/states.css";
import { App } from "./views/app";
import type { Carried } from "./wire/routes";

const SHEETS = [base, signs, sidebar, page, card, judged, chart, heat, ledger, states, narrow];

declare global {
  interface Window {
    __TB_DIAGNOSE__?: Carried;
  }
}

export function render(): void {
  try {
    dress();
    watchTheme((now) => (dark.value = now));
    watchVisible((now) => (visible.value = now));
    draw(<App />, document.body);
    const carried = window.__TB_DIAGNOSE__;
    void begin(carried ? inline(carried) : live);
    if (!carried) watchReload(() => void refresh());
  } catch (error) {
    // A blank frame tells nobody anything; TensorBoard shows no errors of a frame.
    document.body.textContent = `The Diagnose tab could not start: ${String(error)}`;
  }
}

function dress(): void {
  const style = document.createElement("style");
  style.textContent = [fontFaces(), uplot, ...SHEETS].join("\n");
  document.head.append(style);
  document.documentElement.lang = "en";
  if (!document.title) document.title = "Diagnose";
}

if (window.__TB_DIAGNOSE__) render();
