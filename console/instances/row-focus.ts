/** A day of a row that is pointed at, with the pointer or the arrow keys. */
export interface PointedDay {
  index: number;
  day: number;
}

/** The id of the link of a row, for moving the focus. */
export function rowLinkId(index: number): string {
  return `instance-row-${index}`;
}
