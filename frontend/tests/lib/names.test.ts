import assert from "node:assert/strict";
import { test } from "node:test";
import { commonFolder, middle, shortened } from "../../src/lib/names";

test("paths lose what they share, and never all", () => {
  assert.deepEqual(shortened(["train/s/dense/kernel/histogram", "train/s/conv/kernel/histogram"]), [
    "dense",
    "conv",
  ]);
  assert.deepEqual(shortened(["only/one"]), ["one"]);
  assert.deepEqual(shortened(["a", "a/b"]), ["a", "a/b"]);
  assert.deepEqual(shortened([]), []);
});

test("the folder of all names is told once", () => {
  assert.equal(commonFolder(["a/b/x", "a/b/y", "a/bc"]), "a/");
  assert.equal(commonFolder(["a/b/x", "a/b/y"]), "a/b/");
  assert.equal(commonFolder(["ab", "ac"]), "");
  assert.equal(commonFolder(["a/b"]), "");
});

test("the middle of a long name gives way, its ends stay", () => {
  assert.equal(middle("short", 9), "short");
  const cut = middle("sweep/resnet50/lr=0.001,seed=3", 16);
  assert.equal(cut.length, 16);
  assert.match(cut, /^sweep.*…/);
  assert.match(cut, /seed=3$/);
});
