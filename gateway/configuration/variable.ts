import { z } from 'zod';
import { UnfitValue } from './configuration-values.ts';

/**
 * A variable of the environment: the empty text counts as unset.
 *
 * @param takes What it takes, in words that complete a message like `PORT: got "x", takes`.
 * @param parse The value of a text; undefined when it is not one. May raise {@link UnfitValue} to say more.
 */
export function variable<T>(takes: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    let detail = '';
    try {
      const value = parse(text);
      if (value !== undefined) return value;
    } catch (error) {
      if (!(error instanceof UnfitValue)) throw error;
      detail = ` (${error.message})`;
    }
    context.addIssue({ code: 'custom', message: `${detail}, takes ${takes}` });
    return z.NEVER;
  });
}

export function wholeNumber(min: number, max: number) {
  return variable(`a whole number from ${min} to ${max}`, (text) => {
    if (!/^\d{1,15}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  });
}
