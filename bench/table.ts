/** Rows of a table, the first one its head. Columns of numbers are set to the right. */
export type Table = readonly (readonly string[])[];

/** As Markdown, aligned so that it can be read as it is. */
export function markdown(table: Table): string {
  const [head = [], ...rows] = table;
  const widths = head.map((_, column) => Math.max(3, ...table.map((row) => (row[column] ?? '').length)));
  const right = head.map((_, column) => column > 0 && rows.every((row) => /^[\d.,±×<>≤–-]|^$/.test(row[column] ?? '')));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (right[column] ? (row[column] ?? '').padStart(width) : (row[column] ?? '').padEnd(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (right[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function fixed(value: number, digits = 2): string {
  return Number.isNaN(value) ? '' : value.toFixed(digits);
}
