// TensorBoard around us, as far as it lets us look: theme, fonts, run filter, title, keys, reload.
// Every look is guarded: another host, another version or another origin must not break the tab.

/** TensorBoard's window, or null where there is none around us. */
export const host: Window | null = guarded(() => {
  // Throws where the parent is of another origin.
  const { defaultView } = window.parent.document;
  return defaultView === window ? null : defaultView;
}, null);

export function guarded<T>(look: () => T, otherwise: T): T {
  try {
    return look() ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** The run filter and the smoothing that Time Series has now, or what it was told to keep. */
export function preferences(): { filter: string; smoothing: number } {
  const asks = guarded(
    () => new URLSearchParams((host ?? window).location.search),
    new URLSearchParams(),
  );
  const saved = guarded(
    () =>
      JSON.parse(localStorage.getItem("_tb_global_settings") ?? "{}") as Record<string, unknown>,
    {},
  );
  const weight = Number(asks.get("smoothing") ?? saved["scalarSmoothing"] ?? 0);
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

/** TensorBoard's runs in the order that decides their colors; empty where it does not tell. */
export async function hostRuns(): Promise<string[]> {
  if (!host) return [];
  try {
    return (await (await fetch("../../runs")).json()) as string[];
  } catch {
    return [];
  }
}

/** The window's title, with the number of what is new in front. */
export function titled(news: number): void {
  const page = guarded(() => host?.document ?? null, null) ?? document;
  const bare = page.title.replace(/^\(\d+\) /, "");
  page.title = news ? `(${news}) ${bare}` : bare;
}

/** Calls for every key pressed here, or in TensorBoard's page around us while the tab is in front. */
export function watchKeys(pressed: (event: KeyboardEvent) => void): () => void {
  const outside = (event: KeyboardEvent) => window.innerHeight > 0 && pressed(event);
  document.addEventListener("keydown", pressed);
  guarded(() => host?.document.addEventListener("keydown", outside), undefined);
  return () => {
    document.removeEventListener("keydown", pressed);
    guarded(() => host?.document.removeEventListener("keydown", outside), undefined);
  };
}

/** What this browser keeps from one visit to the next; empty where it keeps nothing. */
export const stored = (name: string): string =>
  guarded(() => localStorage.getItem(`tb-diagnose.${name}`), null) ?? "";
export const store = (name: string, value: string): void =>
  guarded(() => localStorage.setItem(`tb-diagnose.${name}`, value), undefined);

/** Puts text into the clipboard; a page over plain http has only the old way. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    const before = document.activeElement as HTMLElement | null;
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without https
    const done = guarded(() => document.execCommand("copy"), false);
    field.remove();
    before?.focus();
    return done;
  }
}
