/** A value of a condition key in a request. A Date is an instant. */
export type ContextScalar = string | number | boolean | Date;

/** Several values at once (`gateway:Group`); an empty list counts as absent. */
export type ContextValue = ContextScalar | readonly ContextScalar[];

/** What a request says about itself, by condition key; undefined is an absent key. A Map is one. */
export interface ConditionContext {
  get(key: string): ContextValue | undefined;
}
