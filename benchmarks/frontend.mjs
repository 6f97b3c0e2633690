// How long the tab takes to draw, in Chromium: node benchmarks/frontend.mjs [path of chromium].
//
// Budgets: 50 charts of 5,000 points within 300 ms, a heat map of 100 x 1,000 within 60 ms, from the
// call to the painted frame, the fastest of 7; the module under 80 kB gzipped. Needs npm ci in frontend/.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { build } = createRequire(join(root, "frontend", "package.json"))(
  "esbuild",
);
const BUDGETS = { charts: 300, heat: 60, bundle: 80 };
const PATIENCE = 60_000;

const chromium =
  process.argv[2] ??
  ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((each) =>
    existsSync(each),
  );
if (!chromium)
  throw new Error(
    "there is no Chromium to measure in; give its path as the first argument",
  );

const { outputFiles } = await build({
  entryPoints: [join(root, "benchmarks", "frontend.ts")],
  bundle: true,
  write: false,
  format: "esm",
  minify: true,
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
  nodePaths: [join(root, "frontend", "node_modules")],
});

/** What the page tells once it is done. */
function measured() {
  const profile = mkdtempSync(join(tmpdir(), "tb-diagnose-"));
  return new Promise((done, fail) => {
    const server = createServer((request, response) => {
      const page =
        request.url === "/"
          ? "<!doctype html><body><script type=module src=page.js></script>"
          : outputFiles[0].text;
      response.setHeader(
        "Content-Type",
        request.url === "/" ? "text/html" : "text/javascript",
      );
      if (request.method !== "POST") return response.end(page);
      let body = "";
      request
        .on("data", (part) => (body += part))
        .on("end", () => (response.end(), done(JSON.parse(body))));
    });
    server.listen(0, "127.0.0.1", () => {
      const flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        `--user-data-dir=${profile}`,
        "--window-size=1400,900",
      ];
      const browser = spawn(
        chromium,
        [...flags, `http://127.0.0.1:${server.address().port}/`],
        { stdio: "ignore" },
      );
      const late = setTimeout(
        () => fail(new Error("the page did not finish within a minute")),
        PATIENCE,
      );
      end = () => (
        clearTimeout(late),
        browser.kill(),
        server.close(),
        server.closeAllConnections()
      );
    });
  }).finally(
    () => (
      end(),
      setTimeout(() => rmSync(profile, { recursive: true, force: true }), 500)
    ),
  );
}

let end = () => {};
const bundle = join(root, "tb_diagnose", "plugin", "static", "index.js.gz");
const found = {
  ...(await measured()),
  ...(existsSync(bundle) ? { bundle: statSync(bundle).size / 1000 } : {}),
};
for (const [name, value] of Object.entries(found)) {
  const verdict = value <= BUDGETS[name] ? "within" : "OVER";
  console.log(
    `${name.padEnd(7)} ${value.toFixed(1).padStart(7)} ${name === "bundle" ? "kB" : "ms"}  ${verdict} ${BUDGETS[name]}`,
  );
}
process.exitCode = Object.entries(found).every(
  ([name, value]) => value <= BUDGETS[name],
)
  ? 0
  : 1;
