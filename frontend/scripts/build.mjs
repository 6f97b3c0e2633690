// Bundles src/ into one gzipped ES module: node build.mjs [folder].
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const folder = resolve(process.argv[2] ?? join(here, "../tb_diagnose/plugin/static"));

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ["src/index.tsx"],
  bundle: true,
  write: false,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  plugins: [{ name: "styles", setup: (steps) => steps.onLoad({ filter: /\.css$/ }, minified) }],
});
const packed = gzipSync(outputFiles[0].contents, { level: 9 });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "index.js.gz"), packed);
console.log(`${(packed.length / 1000).toFixed(1)} kB gzipped`);

/** Style sheets travel inside the module as text, minified like it. */
async function minified({ path }) {
  const { outputFiles } = await build({
    entryPoints: [path],
    minify: true,
    write: false,
    charset: "utf8",
  });
  return { contents: outputFiles[0].text.trim(), loader: "text" };
}
