import assert from "node:assert/strict";
import { test } from "node:test";
import { curvesOf, heatOf, stretches } from "../../src/wire/frames";
import type { NonFiniteEnd } from "../../src/wire/types";

/** A frame as tb_diagnose/plugin/frames.py writes it. */
function framed(header: unknown, parts: ArrayBufferView[]): ArrayBuffer {
  let words = new TextEncoder().encode(JSON.stringify(header));
  words = new Uint8Array([
    ...words,
    ...new Array<number>((8 - ((4 + words.length) % 8)) % 8).fill(32),
  ]);
  const bodies = parts.map((part) => new Uint8Array(part.buffer));
  const whole = new Uint8Array(
    4 + words.length + bodies.reduce((sum, each) => sum + Math.ceil(each.length / 8) * 8, 0),
  );
  new DataView(whole.buffer).setUint32(0, words.length, true);
  whole.set(words, 4);
  let at = 4 + words.length;
  for (const each of bodies) {
    whole.set(each, at);
    at += Math.ceil(each.length / 8) * 8;
  }
  return whole.buffer;
}

test("curves come out of a frame as they went in", () => {
  const one = {
    name: "train/löss",
    points: 3,
    full: 900,
    nonfinite: [{ step: 7, value: "NaN" }],
    clock: [
      [0, 100],
      [9, 109],
    ],
    offset: 0,
  };
  const body = new Uint8Array(24 + 12);
  new Float64Array(body.buffer, 0, 3).set([0, 7, 9]);
  new Float32Array(body.buffer, 24, 3).set([1.5, NaN, 0.25]);
  const two = { name: "b", points: 1, full: 1, nonfinite: [], clock: [], offset: 40 };
  const more = new Uint8Array(12);
  new Float64Array(more.buffer, 0, 1).set([3]);
  new Float32Array(more.buffer.slice(0), 8, 1);
  const found = curvesOf(framed({ curves: [one, two] }, [body, more]));
  const first = found.get("train/löss");
  assert.deepEqual(
    [Array.from(first?.steps ?? []), Array.from(first?.values ?? [])],
    [
      [0, 7, 9],
      [1.5, NaN, 0.25],
    ],
  );
  assert.deepEqual([first?.full, first?.nonfinite], [900, [{ first: 7, last: 7, value: "NaN" }]]);
  assert.deepEqual(first?.clock[1], [9, 109]);
  assert.deepEqual(Array.from(found.get("b")?.steps ?? []), [3]);
});

test("a heat map comes out row by row", () => {
  const header = { rows: ["a", "b"], steps: 2, vital: "v", unit: "u", scale: "log" };
  const made = heatOf(framed(header, [new Float64Array([1, 2]), new Float32Array([1, 2, 3, 4])]));
  assert.deepEqual(
    [made.rows, Array.from(made.steps), Array.from(made.values), made.scale],
    [["a", "b"], [1, 2], [1, 2, 3, 4], "log"],
  );
});

test("two ends with nothing finite between them are one stretch", () => {
  const ends: NonFiniteEnd[] = [
    { step: 2, value: "NaN" },
    { step: 5, value: "NaN" },
    { step: 8, value: "NaN" },
    { step: 9, value: "Infinity" },
  ];
  assert.deepEqual(stretches(ends, [0, 2, 5, 6, 8, 9], [1, NaN, NaN, 1, NaN, null]), [
    { first: 2, last: 5, value: "NaN" },
    { first: 8, last: 8, value: "NaN" },
    { first: 9, last: 9, value: "Infinity" },
  ]);
});
