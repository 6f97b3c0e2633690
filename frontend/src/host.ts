// TensorBoard around us, as far as it lets us look: theme, fonts, run filter, address, reload.
// Every look is guarded: another host, another version or another origin must not break the tab.

const KEY = "p.diagnose.";
type Storage = {
  getString: (key: string) => string;
  setString: (key: string, value: string, how?: { useLocationReplace: boolean }) => void;
};

const host: Window | null = guarded(
  () => (window.parent !== window && window.parent.document ? window.parent : null),
  null,
);

function guarded<T>(look: () => T, otherwise: T): T {
  try {
    return look() ?? otherwise;
  } catch {
    return otherwise;
  }
}

function storage(): Storage | null {
  const global = host as unknown as { tensorboard?: { tf_storage?: Storage } } | null;
  return guarded(() => global?.tensorboard?.tf_storage ?? null, null);
}

/** What the address says; TensorBoard's own interface for this answers empty on the first load. */
export function remembered(name: string): string {
  const kept = guarded(() => storage()?.getString(KEY + name) ?? "", "");
  if (kept) return kept;
  const hash = guarded(() => (host ?? window).location.hash, "");
  return new URLSearchParams(hash.replace(/^#[^&=]*&/, "").replace(/^#/, "")).get(KEY + name) ?? "";
}

/** Puts it into the address, so that a reload and a sent link show the same. */
export function remember(name: string, value: string): void {
  const tf = storage();
  if (tf) guarded(() => tf.setString(KEY + name, value, { useLocationReplace: true }), undefined);
  else if (!host) guarded(() => history.replaceState(null, "", `#${own(name, value)}`), undefined);
}

function own(name: string, value: string): string {
  const asks = new URLSearchParams(window.location.hash.slice(1));
  if (value) asks.set(KEY + name, value);
  else asks.delete(KEY + name);
  return asks.toString();
}

/** Calls when somebody changes the address, as by a link or by going back. */
export function watchAddress(look: () => void): void {
  window.addEventListener("hashchange", look);
  guarded(() => host?.addEventListener("hashchange", look), undefined);
}

/** The run filter and the smoothing that Time Series has now, or what it was told to keep. */
export function preferences(): { filter: string; smoothing: number } {
  const asks = guarded(
    () => new URLSearchParams((host ?? window).location.search),
    new URLSearchParams(),
  );
  const kept = guarded(
    () =>
      JSON.parse(localStorage.getItem("_tb_global_settings") ?? "{}") as Record<string, unknown>,
    {},
  );
  const weight = Number(asks.get("smoothing") ?? kept["scalarSmoothing"] ?? 0);
  return { filter: asks.get("runFilter") ?? "", smoothing: weight >= 0 && weight < 1 ? weight : 0 };
}

/** Tells whether the page is dark, now and at every change. */
export function watchTheme(tell: (dark: boolean) => void): void {
  const body = guarded(() => host?.document.body ?? null, null);
  if (body) {
    const look = () => tell(body.classList.contains("dark-mode"));
    new MutationObserver(look).observe(body, { attributes: true, attributeFilter: ["class"] });
    return look();
  }
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", (event) => tell(event.matches));
  tell(media.matches);
}

/** Calls at every reload in TensorBoard, by its button or by itself. */
export function watchReload(reload: () => void): void {
  if (!host) return;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    const message = guarded(
      () => JSON.parse(data as string) as { type: string; id: number; isReply: boolean },
      null,
    );
    if (!message || message.isReply) return;
    port1.postMessage(JSON.stringify({ ...message, payload: null, error: null, isReply: true }));
    if (message.type === "experimental.DataReloaded") reload();
  };
  guarded(() => host.postMessage("experimental.bootstrap", "*", [port2]), undefined);
}

/** Tells whether the page can be seen: TensorBoard squeezes the frame of a tab that is left to 0. */
export function watchVisible(tell: (visible: boolean) => void): void {
  const look = () => tell(window.innerHeight > 0 && document.visibilityState === "visible");
  window.addEventListener("resize", look);
  document.addEventListener("visibilitychange", look);
  look();
}

/** The host's font faces, which a frame does not inherit, as CSS with absolute addresses. */
export function fontFaces(): string {
  const sheets = guarded(() => [...(host?.document.styleSheets ?? [])], []);
  const rules = sheets.flatMap((sheet) => guarded(() => [...sheet.cssRules], []));
  const base = guarded(() => host?.document.baseURI ?? "", "");
  return rules
    .filter(
      (rule) => rule.constructor.name === "CSSFontFaceRule" && rule.cssText.includes("Roboto"),
    )
    .map((rule) =>
      rule.cssText.replace(
        /url\("?([^")]+)"?\)/g,
        (_, url: string) => `url("${new URL(url, base)}")`,
      ),
    )
    .join("\n");
}

/** TensorBoard's runs in the order that decides their colours; empty where it does not tell. */
export async function hostRuns(): Promise<string[]> {
  if (!host) return [];
  try {
    return (await (await fetch("../../runs")).json()) as string[];
  } catch {
    return [];
  }
}
