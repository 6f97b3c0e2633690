// A small table: what each column is, and rows whose first cell names them.
import type { ComponentChildren } from "preact";

type Props = { heads: readonly string[]; rows: readonly (readonly ComponentChildren[])[] };

export function Table({ heads, rows }: Props) {
  return (
    <table class="limits">
      <thead>
        <tr>
          {heads.map((head) => (
            <th scope="col" key={head}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells], at) => (
          <tr key={at}>
            <th scope="row">
              <code>{name}</code>
            </th>
            {cells.map((cell, place) => (
              <td key={place}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
