// Bundles tests/ and runs them with Node's own test runner: node test.mjs [part of a file's name].
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const made = join(here, "node_modules", ".cache", "tests");
const wanted = process.argv[2] ?? "";

const tests = readdirSync(join(here, "tests"), { recursive: true })
  .filter((name) => /\.test\.tsx?$/.test(name) && name.includes(wanted))
  .map((name) => join(here, "tests", name));

rmSync(made, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: tests,
  outdir: made,
  outbase: join(here, "tests"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  mainFields: ["module", "main"],
  target: "node20",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".css": "text" },
  external: ["happy-dom"],
  // The testing library is in CommonJS.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
  sourcemap: "inline",
  logLevel: "warning",
});
const files = readdirSync(made, { recursive: true })
  .filter((name) => name.endsWith(".mjs"))
  .map((name) => join(made, name));
// An open page asks for news as long as it is open: what is left of it is ended with the tests.
const options = ["--enable-source-maps", "--test", "--test-force-exit"];
const done = spawnSync(process.execPath, [...options, ...files], {
  stdio: "inherit",
  timeout: 120_000,
});
process.exit(done.status ?? 1);
