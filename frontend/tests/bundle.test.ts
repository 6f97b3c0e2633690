import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** Bytes of the module as it is served, gzipped (chosen: less than the page of TensorBoard by far). */
const MOST = 80_000;

test("the page is small", () => {
  const folder = mkdtempSync(join(tmpdir(), "tb-diagnose-"));
  try {
    const built = spawnSync(process.execPath, ["scripts/build.mjs", folder], { encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    assert.ok(statSync(join(folder, "index.js.gz")).size <= MOST, built.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
