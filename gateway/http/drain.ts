import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { Roster } from './roster.ts';

/** Ends a server without losing a request. */
export interface Drain {
  /**
   * Goes on answering, each answer the last of its connection, until nobody has asked for a moment; then takes no new connections, and
   * resolves when those there are have ended, or were ended after `deadlineMs`. Event streams end at once, and their clients are told to
   * come back.
   */
  drain(deadlineMs: number): Promise<void>;
  /** Settles when a request that has just come may be answered; undefined, nearly always: at once. */
  turn(): Promise<void> | undefined;
}

/** How long new requests are still taken at most: load balancers first have to see that `/ready` answers 503. */
const ACCEPT_MS = 1_000;
/** How long the last requests are held back at most. */
const HOLD_MS = 400;
/** Once no request has come for this long, all clients are waiting for an answer. */
const ALL_THERE_MS = 60;
/** Once no request was open or came for this long, nobody sends any. */
const QUIET_MS = 200;
/** A connection that has sent nothing for this long was opened in advance, and may be closed. */
const UNUSED_MS = 500;
const TICK_MS = 20;
/** `retry` tells an EventSource when to connect again, in milliseconds; a stream that ends without `complete` counts as a lost connection. */
const FAREWELL = 'retry: 1000\n\n';

/** Watches the server from now on; call it before anything listens to its requests. */
export function drainOf(server: Server): Drain {
  const open = new Roster<ServerResponse>();
  const connections = new Map<Socket, number>();
  let draining = false;
  let latest = 0;
  let accepted = 0;
  let held: Promise<void> | undefined;

  server.on('connection', (socket: Socket) => {
    accepted += 1;
    latest = performance.now();
    connections.set(socket, latest);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (_request, response) => {
    const place = open.enter(response);
    latest = performance.now();
    if (draining) response.shouldKeepAlive = false;
    response.on('close', () => {
      open.leave(place);
      latest = performance.now();
    });
  });

  /**
   * Waits until no connection is left to be accepted: the kernel resets those when the socket closes, and a turn of the event loop accepts one.
   * Clients that ask again as soon as they are answered would always have one there, so answers are held back meanwhile.
   */
  const quietMoment = async () => {
    const began = performance.now();
    while (performance.now() - Math.max(latest, began) < ALL_THERE_MS && performance.now() - began < HOLD_MS) {
      await pause(TICK_MS);
    }
    for (let before = -1; before !== accepted && performance.now() - began < 2 * HOLD_MS; ) {
      before = accepted;
      await nextTurn();
    }
  };

  return {
    turn: () => held,
    async drain(deadlineMs) {
      draining = true;
      const began = performance.now();
      for (const response of open) response.shouldKeepAlive = false;
      const quiet = () => open.size === 0 && performance.now() - Math.max(latest, began) >= QUIET_MS;
      while (!quiet() && performance.now() - began < ACCEPT_MS) {
        endStreams(open);
        await pause(TICK_MS);
      }
      const { promise, resolve: release } = Promise.withResolvers<void>();
      held = promise;
      await quietMoment();
      let closed = false;
      server.close(() => {
        closed = true;
      });
      held = undefined;
      release();
      while (!closed && performance.now() - began < deadlineMs) {
        endStreams(open);
        server.closeIdleConnections();
        endUnused(connections);
        await pause(TICK_MS);
      }
      server.closeAllConnections();
    },
  };
}

function endStreams(open: Iterable<ServerResponse>): void {
  for (const response of open) {
    const type = response.headersSent ? response.getHeader('content-type') : undefined;
    if (response.writableEnded || !String(type).startsWith('text/event-stream')) continue;
    response.write(FAREWELL);
    response.end();
  }
}

/** @param connections With the time at which each was opened, as `performance.now` has it. */
function endUnused(connections: ReadonlyMap<Socket, number>): void {
  const before = performance.now() - UNUSED_MS;
  for (const [socket, since] of connections) if (socket.bytesRead === 0 && since < before) socket.destroy();
}
