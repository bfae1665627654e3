import { JsonPart } from './json-part.ts';

/** By the names of types: which fields give the same whenever they are read from the same object. */
export type KeptTypes = Readonly<Record<string, KeptType>>;

export interface KeptType {
  /**
   * The immutable object that these fields of a value depend on, and on nothing else. Returns undefined for a value that must not be kept; absent
   * for types that are kept only as parts of others.
   */
  by?: KeptBy;
  /** Fields whose values depend on nothing else, and whose reading does nothing else. */
  fields: readonly string[];
}

/** `fields`: all that are selected, at every depth, as `Type.field`; the same list for the same selection. */
export type KeptBy = (value: unknown, context: unknown, fields: readonly string[]) => object | undefined;

/** Characters of all parts together. */
const MOST_CHARACTERS = 16_000_000;
/** Of one of them: a backup of 256 shards has 65,000, a page of 20 of them 1,300,000. */
const LONGEST_PART = 2_000_000;

interface Kept {
  /** Of the selection that it was written for. */
  readonly selection: number;
  /** Undefined once there was no room for it any more. */
  part: JsonPart | undefined;
  /** Whether the text was too long to be kept. */
  readonly tooLong: boolean;
  /** How many fields it has, for the budget of an answer. */
  readonly fields: number;
}

/** Parts of answers that were written before: one for each object, for the selection that read it last. It goes when the object goes. */
export class KeptParts {
  readonly #parts = new WeakMap<object, Kept>();
  /** Those that have their text, in the order in which they were written. */
  readonly #present = new Set<Kept>();
  #characters = 0;

  /** How many characters are kept. */
  get characters(): number {
    return this.#characters;
  }

  get(by: object, selection: number): { part: JsonPart; fields: number } | undefined {
    const kept = this.#parts.get(by);
    if (kept?.part === undefined || kept.selection !== selection) return undefined;
    return kept as Kept & { part: JsonPart };
  }

  /** Whether it is worth writing the text of an object: not where that was too long before. */
  takes(by: object, selection: number): boolean {
    const kept = this.#parts.get(by);
    return kept?.tooLong !== true || kept.selection !== selection;
  }

  add(by: object, selection: number, fields: number, text: string): void {
    const before = this.#parts.get(by);
    if (before !== undefined) this.#forget(before);
    const tooLong = text.length > LONGEST_PART;
    const kept: Kept = { selection, part: tooLong ? undefined : new JsonPart(text), tooLong, fields };
    this.#parts.set(by, kept);
    if (tooLong) return;
    this.#present.add(kept);
    this.#characters += text.length;
    for (const oldest of this.#present) {
      if (this.#characters <= MOST_CHARACTERS) break;
      this.#forget(oldest);
    }
  }

  #forget(kept: Kept): void {
    this.#characters -= kept.part?.text.length ?? 0;
    kept.part = undefined;
    this.#present.delete(kept);
  }
}
