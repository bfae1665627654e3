/** Parts that have to be closed when the process ends, or when a later part cannot be built. */
export class OwnedParts {
  readonly #parts: { close(): unknown }[] = [];

  /** Returns the part itself; undefined stands for one that is not configured. */
  add<Part extends { close(): unknown } | undefined>(part: Part): Part {
    if (part !== undefined) this.#parts.push(part);
    return part;
  }

  /** Closes all of them one after the other, the latest first, as each may use the ones before it. */
  async close(): Promise<void> {
    for (const part of this.#parts.splice(0).reverse()) await part.close();
  }
}
