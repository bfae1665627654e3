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

/** For so long, at most, new requests are still taken: whoever sends them has to see first that `/ready` says no. */
const ACCEPT_MS = 1_000;
/** For so long, at most, the last of them are held back, and when none came for so long, they are all there. */
const HOLD_MS = 400;
const ALL_THERE_MS = 60;
/** When there was no request for so long, there is nobody who sends them. */
const QUIET_MS = 200;
/** A connection that has sent nothing by then is one that was opened in advance. */
const UNUSED_MS = 500;
const TICK_MS = 20;
/** `retry` is how long an EventSource waits before it connects again. A stream that ends without `complete` is one to open again. */
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
    response.once('close', () => {
      open.leave(place);
      latest = performance.now();
    });
  });

  const endStreams = () => {
    for (const response of open) {
      const type = response.headersSent ? response.getHeader('content-type') : undefined;
      if (response.writableEnded || !String(type).startsWith('text/event-stream')) continue;
      response.write(FAREWELL);
      response.end();
    }
  };
  const endUnused = () => {
    const before = performance.now() - UNUSED_MS;
    for (const [socket, since] of connections) if (socket.bytesRead === 0 && since < before) socket.destroy();
  };

  /**
   * A socket that stops listening resets whoever stands in line and has not been accepted, one a turn of the event loop. Clients that ask
   * again as soon as they have an answer would always stand there; while theirs is held back they do not.
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
        endStreams();
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
        endStreams();
        server.closeIdleConnections();
        endUnused();
        await pause(TICK_MS);
      }
      server.closeAllConnections();
    },
  };
}
