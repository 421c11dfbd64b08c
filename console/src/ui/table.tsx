import "./table.css";
import type { ReactNode } from "react";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Right-aligned, for numbers. */
  readonly isNumber?: boolean;
  /** Left out on a phone. */
  readonly isWideOnly?: boolean;
  /** Sentences: on a phone they stand on lines of their own, below the row's other columns. */
  readonly isProse?: boolean;
}

/**
 * A table of things of one kind; on a phone each row becomes a card with its columns' titles beside the values, or, where
 * one is prose, its other columns on a line and the prose below.
 */
export function Table<Row>(props: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}) {
  const { label, columns, rows, keyOf } = props;
  return (
    <table
      className={columns.some(({ isProse }) => isProse === true) ? "table lines" : "table"}
      aria-label={label}
    >
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.title} scope="col" className={classOf(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => (
              <td key={column.title} className={classOf(column)} data-title={column.title}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function classOf<Row>({ isNumber, isWideOnly, isProse }: Column<Row>): string {
  const names = [
    isNumber === true && "number",
    isWideOnly === true && "wide-only",
    isProse === true && "prose",
  ];
  return names.filter((name) => name !== false).join(" ");
}
