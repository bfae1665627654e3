import type { KeyedInstance } from './admission.ts';
import { builder } from './builder.ts';

/** The type that backups point back to; its fields are in `instance.ts`. */
export const Instance = builder.objectRef<KeyedInstance>('Instance');
