import type { z } from 'zod';
import { type FaultRequest, faultRequestSchema } from '../faults.ts';
import type { ApiRequest } from './api-request.ts';
import { createThrottle } from './throttle.ts';

type Fault = z.output<typeof faultRequestSchema>;

/** A fault that is on, how often it has struck, and how often it still will. */
type ActiveFault = Fault & { id: string; applied: number };

/** Turns faults on and off while the sandbox runs. */
export interface FaultControl {
  /** Turns a fault on, and answers its id. Raises a `ZodError` for one that makes no sense. */
  add(fault: FaultRequest): string;
  /** False when there is none with that id, or it has struck for the last time. */
  remove(id: string): boolean;
  clear(): void;
  list(): readonly ActiveFault[];
}

/** What strikes one call. */
interface Strike {
  latencyMs: number;
  clockSkewMs: number;
  /** The first fault that spoils the answer. */
  spoiling: SpoilingFault | undefined;
}

export type SpoilingFault = Exclude<Fault, { kind: 'latency' | 'clock-skew' | 'throttle' }>;

export interface FaultRegistry extends FaultControl {
  strike(request: ApiRequest): Strike;
  /** Milliseconds to wait when the call is throttled, 0 when it is not. */
  throttle(request: ApiRequest, accountId: string, now: number): number;
}

/** `random` decides which calls a fault with a `rate` strikes. */
export function createFaultRegistry(random: () => number): FaultRegistry {
  let active: ActiveFault[] = [];
  let lastId = 0;
  const throttle = createThrottle();

  const concerns = (fault: Fault, request: ApiRequest) =>
    (fault.action === undefined || fault.action === request.action) &&
    (fault.instanceId === undefined || fault.instanceId === request.parameters.InstanceId) &&
    (fault.rate === undefined || random() < fault.rate);
  const apply = (fault: ActiveFault) => {
    fault.applied += 1;
    if (fault.applied === fault.times) active = active.filter((each) => each !== fault);
  };

  return {
    add(request) {
      const fault = { ...faultRequestSchema.parse(request), id: String(++lastId), applied: 0 };
      active.push(fault);
      return fault.id;
    },
    remove(id) {
      const before = active.length;
      active = active.filter((fault) => fault.id !== id);
      return active.length < before;
    },
    clear() {
      active = [];
    },
    list: () => active,
    strike(request) {
      const strike: Strike = { latencyMs: 0, clockSkewMs: 0, spoiling: undefined };
      for (const fault of active) {
        if (fault.kind === 'throttle' || !concerns(fault, request)) continue;
        if (fault.kind === 'latency') strike.latencyMs += fault.ms + random() * (fault.jitterMs ?? 0);
        else if (fault.kind === 'clock-skew') strike.clockSkewMs += fault.ms;
        else if (strike.spoiling) continue;
        else strike.spoiling = fault;
        apply(fault);
      }
      return strike;
    },
    throttle(request, accountId, now) {
      for (const fault of active) {
        if (fault.kind !== 'throttle' || !concerns(fault, request)) continue;
        const wait = throttle.take(`${fault.id} ${accountId} ${request.action}`, fault.callsPerMinute, now);
        if (wait === 0) continue;
        apply(fault);
        return wait;
      }
      return 0;
    },
  };
}
