// Writes src/wire/document.ts from the document's JSON Schema; --check says whether it is fresh.
import { readFileSync, writeFileSync } from "node:fs";

const SCHEMA = new URL("../../tb_diagnose/report/document/document.schema.json", import.meta.url);
const TYPES = new URL("../src/wire/document.ts", import.meta.url);

const HEAD = `// Made from tb_diagnose/report/document/document.schema.json by scripts/types.mjs: change tb_diagnose/report/document/schema.py, not this.
`;

/** The TypeScript type of one schema, members indented by `depth`. */
function type(schema, depth = 0) {
  const parts = [];
  if (schema.$ref) parts.push(named(schema.$ref.split("/").pop()));
  if (schema.const !== undefined) parts.push(JSON.stringify(schema.const));
  else if (schema.enum) parts.push(schema.enum.map((each) => JSON.stringify(each)).join(" | "));
  else if (schema.anyOf) parts.push(union(schema.anyOf.map((each) => type(each, depth))));
  else if (schema.properties || schema.additionalProperties) parts.push(object(schema, depth));
  else if (schema.type === "array") parts.push(list(type(schema.items, depth)));
  else if (schema.type) parts.push(union([schema.type].flat().map(plain)));
  return parts.join(" & ") || "unknown";
}

function object(schema, depth) {
  const open = schema.additionalProperties;
  if (!schema.properties) return `Record<string, ${type(open, depth)}>`;
  const pad = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties).map(([name, each]) => {
    const mark = schema.required?.includes(name) ? "" : "?";
    return `${note(each, pad)}${pad}${name}${mark}: ${type(each, depth + 1)};\n`;
  });
  return `{\n${lines.join("")}${"  ".repeat(depth)}}`;
}

const union = (types) => [...new Set(types)].join(" | ");
const list = (each) => (/[ |&]/.test(each) && !each.startsWith("{") ? `(${each})[]` : `${each}[]`);
const plain = (name) => (name === "integer" ? "number" : name);
const named = (name) => name.replace(/Part$/, "");
const note = (schema, pad) => (schema.description ? `${pad}/** ${schema.description} */\n` : "");

function module(schema) {
  const parts = Object.entries(schema.$defs).map(
    ([name, each]) => `${note(each, "")}export type ${named(name)} = ${type(each)};\n`,
  );
  return `${HEAD}\n${parts.join("\n")}`;
}

const fresh = module(JSON.parse(readFileSync(SCHEMA, "utf8")));
if (process.argv.includes("--check")) {
  if (readFileSync(TYPES, "utf8") !== fresh) {
    console.error("src/wire/document.ts is older than the schema; run npm run types");
    process.exit(1);
  }
} else {
  writeFileSync(TYPES, fresh);
}
