/**
 * Compiles a RAM pattern: `*` is any run of characters, the empty one included, and may cross `:` and `/`; `?` is exactly
 * one character (code point); everything else stands for itself. There is no backtracking: a text costs at most its length
 * times the longest run between two `*`.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const runs = pattern.split(/\*+/);
  const first = runs[0] as string;
  const last = runs.at(-1) as string;
  const middle = runs.slice(1, -1);
  if (pattern.includes('?')) return compileRuns(runs.length === 1, first, middle, last);

  if (runs.length === 1) return (text) => text === pattern;
  if (middle.length === 0) {
    if (first === '' && last === '') return () => true;
    if (last === '') return (text) => text.startsWith(first);
    if (first === '') return (text) => text.endsWith(last);
  }
  const ending = last.charCodeAt(last.length - 1);
  return (text) => {
    // A policy set has many ARNs, told apart by their ends: the last unit alone settles most, at a fraction of the cost.
    if (last !== '' && text.charCodeAt(text.length - 1) !== ending) return false;
    if (!text.endsWith(last) || !text.startsWith(first)) return false;
    const end = text.length - last.length;
    let position = first.length;
    for (const literal of middle) {
      // The leftmost place is always right: it leaves the most for what follows.
      const start = text.indexOf(literal, position);
      if (start === -1) return false;
      position = start + literal.length;
    }
    return position <= end;
  };
}

function compileRuns(
  whole: boolean,
  first: string,
  middle: readonly string[],
  last: string,
): (text: string) => boolean {
  const head = new Run(first);
  if (whole) return (text) => head.endFrom(text, 0) === text.length;
  const tail = new Run(last);
  const runs = middle.map((run) => new Run(run));
  return (text) => {
    const end = tail.startUpTo(text, text.length);
    let position = end === -1 ? -1 : head.endFrom(text, 0);
    for (const run of runs) {
      if (position === -1) return false;
      position = run.firstEnd(text, position);
    }
    return position !== -1 && position <= end;
  };
}

/** What stands between two `*`: literals with one `?` between each two. */
class Run {
  readonly #literals: readonly string[];

  constructor(source: string) {
    this.#literals = source.split('?');
  }

  /** Where the run ends if it starts at `position`, or -1. */
  endFrom(text: string, position: number): number {
    let end = position;
    for (let index = 0; index < this.#literals.length; index += 1) {
      if (index > 0) {
        if (end >= text.length) return -1;
        end += isPair(text, end) ? 2 : 1;
      }
      const literal = this.#literals[index] as string;
      if (!text.startsWith(literal, end)) return -1;
      end += literal.length;
    }
    return end;
  }

  /** Where the run starts if it ends at `position`, or -1. */
  startUpTo(text: string, position: number): number {
    let start = position;
    for (let index = this.#literals.length - 1; index >= 0; index -= 1) {
      const literal = this.#literals[index] as string;
      if (!text.endsWith(literal, start)) return -1;
      start -= literal.length;
      if (index > 0) {
        if (start <= 0) return -1;
        start -= isPair(text, start - 2) ? 2 : 1;
      }
    }
    return start;
  }

  /** Where the leftmost occurrence from `position` on ends, or -1. */
  firstEnd(text: string, position: number): number {
    const literal = this.#literals[0] as string;
    if (this.#literals.length === 1) {
      const start = text.indexOf(literal, position);
      return start === -1 ? -1 : start + literal.length;
    }
    for (let start = position; start < text.length; start += isPair(text, start) ? 2 : 1) {
      const end = this.endFrom(text, start);
      if (end !== -1) return end;
    }
    return -1;
  }
}

/** Whether one character stands in two UTF-16 units here. */
function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}
