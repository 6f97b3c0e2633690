// Runs in a table that can be sorted: findings, last values, and the hyper-parameters that differ.
import { useMemo, useState } from "preact/hooks";
import { choose, pick } from "../actions";
import { commonFolder, middle } from "../lib/names";
import { brief, duration } from "../lib/numbers";
import { differing, worstOf } from "../lib/overview";
import { ROLES, sentence, title } from "../lib/words";
import { picked } from "../state";
import type { ListedRun } from "../wire/types";
import { Glyph } from "./glyph";
import { useRows } from "./virtual";

/** Hyper-parameters in the table at most. */
const COLUMNS = 6;
const ROW = 38;

type Column = {
  name: string;
  label: string;
  number: boolean;
  text: (item: ListedRun) => string;
  /** What it is sorted by; null stands last. */
  rank: (item: ListedRun) => number | string | null;
};

function columnsOf(items: readonly ListedRun[]): Column[] {
  type Value = number | string | null | undefined;
  const shown = (value: Value) => (typeof value === "number" ? brief(value) : (value ?? ""));
  const rank = (value: Value) => {
    const number = Number(value ?? NaN);
    return Number.isFinite(number) && value !== ""
      ? number
      : typeof value === "string"
        ? value
        : null;
  };
  const column = (name: string, label: string, of: (item: ListedRun) => Value): Column => ({
    name,
    label,
    number: items.some((item) => typeof of(item) === "number"),
    text: (item) => shown(of(item)),
    rank: (item) => rank(of(item)),
  });
  const roles = Object.keys(ROLES).filter((role) => items.some(({ final }) => role in final));
  return [
    ...roles.map((role) => column(role, ROLES[role] ?? role, ({ final }) => final[role])),
    ...differing(items)
      .slice(0, COLUMNS)
      .map((name) => column(name, name, ({ parameters }) => parameters[name])),
    {
      ...column("seconds", "Duration", ({ seconds }) => seconds),
      text: ({ seconds }) => (seconds === null ? "" : duration(seconds)),
    },
  ];
}

type Order = { by: string; down: boolean };

export function RunTable({ items }: { items: readonly ListedRun[] }) {
  const [sort, setSort] = useState<Order>({ by: "", down: false });
  const columns = useMemo(() => columnsOf(items), [items]);
  const sorted = useMemo(() => inOrder(items, columns, sort), [items, columns, sort]);
  const { host, onScroll, first, last } = useRows(sorted.length, ROW);
  const prefix = useMemo(() => commonFolder(items.map(({ name }) => name)), [items]);
  const by = (name: string) => setSort({ by: name, down: sort.by === name && !sort.down });
  return (
    <section class="block table-block" aria-label="Runs in a table">
      <div class="table-scroll" ref={host} onScroll={onScroll} tabIndex={0}>
        <table class="runs" aria-rowcount={sorted.length + 1}>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">Picked</span>
              </th>
              <Head name="" label={prefix ? `Run in ${prefix}` : "Run"} sort={sort} by={by} />
              <th scope="col">Worst finding</th>
              {columns.map(({ name, label, number }) => (
                <Head key={name} name={name} label={label} number={number} sort={sort} by={by} />
              ))}
            </tr>
          </thead>
          <tbody>
            <Space rows={first} />
            {sorted.slice(first, last).map((item) => (
              <Row key={item.name} item={item} columns={columns} prefix={prefix.length} />
            ))}
            <Space rows={sorted.length - last} />
          </tbody>
        </table>
      </div>
    </section>
  );
}

const Space = ({ rows }: { rows: number }) =>
  rows > 0 ? <tr aria-hidden="true" style={{ height: `${rows * ROW}px` }} /> : null;

type HeadProps = {
  name: string;
  label: string;
  number?: boolean;
  sort: Order;
  by: (name: string) => void;
};

function Head({ name, label, number = false, sort, by }: HeadProps) {
  const active = sort.by === name;
  return (
    <th
      scope="col"
      class={number ? "number" : ""}
      aria-sort={active ? (sort.down ? "descending" : "ascending") : "none"}
    >
      <button type="button" class="sorter" onClick={() => by(name)}>
        {label}
        <span aria-hidden="true">{active && name ? (sort.down ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

/** By one column, unknown last; by none, worst first as in the list. */
function inOrder(
  items: readonly ListedRun[],
  columns: readonly Column[],
  { by, down }: Order,
): ListedRun[] {
  const column = columns.find(({ name }) => name === by);
  if (!column) return down ? [...items].reverse() : [...items];
  const known = items.filter((item) => column.rank(item) !== null);
  const sorted = known.sort((a, b) => {
    const [x, y] = [column.rank(a) ?? 0, column.rank(b) ?? 0];
    const less = typeof x === typeof y ? x < y : typeof x === "number";
    return x === y ? 0 : less !== down ? -1 : 1;
  });
  return [...sorted, ...items.filter((item) => column.rank(item) === null)];
}

function Row({
  item,
  columns,
  prefix,
}: {
  item: ListedRun;
  columns: readonly Column[];
  prefix: number;
}) {
  const worst = worstOf(item);
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={`Pick ${item.name}`}
          checked={picked.value.has(item.name)}
          onChange={() => pick(item.name)}
        />
      </td>
      <th scope="row">
        <button type="button" class="linked" title={item.name} onClick={() => choose(item.name)}>
          <Glyph verdict={item.verdict} size={14} named />
          {middle(item.name.slice(prefix), 44)}
        </button>
      </th>
      <td>{worst ? title(worst.id) : sentence(item.verdict)}</td>
      {columns.map((column) => (
        <td key={column.name} class={column.number ? "number" : ""}>
          {column.text(item)}
        </td>
      ))}
    </tr>
  );
}
