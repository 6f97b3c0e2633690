// Writes src/wire/document.ts and src/wire/routes.ts from the JSON Schemas of the document and of
// what the page is given besides; --check says whether they are fresh.
import { readFileSync, writeFileSync } from "node:fs";

const REPORT = "tb_diagnose/report";
const MODULES = [
  { module: "document", folder: "document", imported: [] },
  { module: "routes", folder: "page", imported: ["document"] },
];

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const schemas = new Map(
  MODULES.map(({ module, folder }) => [
    module,
    JSON.parse(read(`${REPORT}/${folder}/${folder}.schema.json`)).$defs,
  ]),
);

/** The TypeScript type of one schema, members indented by `depth`. */
function type(schema, depth = 0) {
  const parts = [];
  if (schema.$ref) parts.push(named(schema.$ref.split("/").pop()));
  if (schema.const !== undefined) parts.push(JSON.stringify(schema.const));
  else if (schema.enum) parts.push(schema.enum.map((value) => JSON.stringify(value)).join(" | "));
  else if (schema.anyOf)
    parts.push(union(schema.anyOf.flatMap((member) => type(member, depth).split(" | "))));
  else if (schema.properties || schema.additionalProperties) parts.push(object(schema, depth));
  else if (schema.prefixItems)
    parts.push(`[${schema.prefixItems.map((item) => type(item, depth)).join(", ")}]`);
  else if (schema.type === "array") parts.push(list(type(schema.items, depth)));
  else if (schema.type) parts.push(union([schema.type].flat().map(plain)));
  return parts.join(" & ") || "unknown";
}

function object({ properties, additionalProperties: open, required }, depth) {
  if (!properties) return `Record<string, ${type(open, depth)}>`;
  const pad = "  ".repeat(depth + 1);
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = required?.includes(name) ? "" : "?";
    return `${note(schema, pad)}${pad}${name}${mark}: ${type(schema, depth + 1)};\n`;
  });
  return `{\n${lines.join("")}${"  ".repeat(depth)}}`;
}

/** A string takes in every string that is named. */
const union = (types) =>
  [...new Set(types)]
    .filter((name) => !types.includes("string") || !name.startsWith('"'))
    .join(" | ");
const list = (item) => (/[ |&]/.test(item) && !/^[{[]/.test(item) ? `(${item})[]` : `${item}[]`);
const plain = (name) => (name === "integer" ? "number" : name);
const named = (name) => name.replace(/Part$/, "");
const note = ({ description }, pad) =>
  description ? `${pad}/** ${description.replace(/\s+/g, " ")} */\n` : "";

/** A type that has all that another has is told as that and what it adds. */
function declared(name, schema, all) {
  const base = Object.entries(all).find(
    ([other, { properties }]) =>
      other !== name &&
      Object.keys(properties).length > 4 &&
      Object.entries(properties).every(
        ([key, value]) => JSON.stringify(value) === JSON.stringify(schema.properties[key]),
      ),
  );
  if (!base) return type(schema);
  const own = ([key]) => !(key in base[1].properties);
  const properties = Object.fromEntries(Object.entries(schema.properties).filter(own));
  return `${named(base[0])} & ${type({ ...schema, properties })}`;
}

function written({ module, folder, imported }) {
  const known = Object.assign({}, ...imported.map((other) => schemas.get(other)));
  const all = schemas.get(module);
  const parts = Object.entries(all)
    .filter(([name]) => !(name in known))
    .map(
      ([name, schema]) =>
        `${note(schema, "")}export type ${named(name)} = ${declared(name, schema, all)};\n`,
    );
  const body = parts.join("\n");
  const code = body.replace(/\/\*\*.*?\*\//gs, "");
  const used = Object.keys(known)
    .map(named)
    .filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return [
    `// Made from ${REPORT}/${folder}/${folder}.schema.json by scripts/types.mjs:`,
    `// change ${REPORT}/${folder}/schema.py, not this.`,
    ...(used.length ? [`import type { ${used.sort().join(", ")} } from "./document";`] : []),
    "",
    body,
  ].join("\n");
}

for (const wanted of MODULES) {
  const path = `frontend/src/wire/${wanted.module}.ts`;
  const fresh = written(wanted);
  if (!process.argv.includes("--check"))
    writeFileSync(new URL(`../../${path}`, import.meta.url), fresh);
  else if (read(path) !== fresh) {
    console.error(`${path} is older than its schema; run npm run types`);
    process.exitCode = 1;
  }
}
