import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runGateway } from '../end-to-end/running-gateway.ts';
import { exchange, lines, request } from './raw-http.ts';

describe('slow senders', () => {
  it('get 408, with the limit, when their headers or their body do not come in time', async () => {
    await using running = await runGateway({ HEADERS_TIMEOUT_MS: '300', RECEIVE_TIMEOUT_MS: '600' });
    const slow = [
      'GET /health HTTP/1.1\r\nhost: x\r\na',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json', 'content-length: 100')}{"query`,
    ];
    const answers = await Promise.all(slow.map((bytes) => exchange(running.url, bytes)));
    expect(answers.map(({ text }) => JSON.parse(text).errors[0].extensions)).toEqual([
      { code: 'BAD_USER_INPUT', limitName: 'headersTimeoutMs', limit: 300 },
      { code: 'BAD_USER_INPUT', limitName: 'receiveTimeoutMs', limit: 600 },
    ]);
    for (const { status } of answers) expect(status).toBe(408);
  });

  it('do not keep an honest client from its answer, 200 of them at a time', async () => {
    await using running = await runGateway();
    const { instanceId } = running.sandbox.demo;
    const honest = `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { name clusterBackups(first: 20) { nodes { id } } } }`;
    const { hostname, port } = new URL(running.url);
    const token = running.gateway.principals[0]?.token as string;
    const starts = [
      'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\n',
      `${lines('POST /graphql HTTP/1.1', 'host: x', `authorization: Bearer ${token}`, 'content-type: application/json', 'content-length: 90000')}`,
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json', 'transfer-encoding: chunked')}1\r\n`,
      '',
    ];
    let refused = 0;
    const sockets = Array.from({ length: 200 }, (_, index) => {
      const socket = connect(Number(port), hostname, () => socket.write(starts[index % starts.length] as string));
      return socket.on('error', () => {}).on('close', () => (refused += 1));
    });
    const dripping = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('x');
    }, 50);
    try {
      await Promise.all(
        sockets.map(
          (socket) => new Promise((resolve) => (socket.connecting ? socket.once('connect', resolve) : resolve(0))),
        ),
      );
      for (let round = 0; round < 10; round += 1) {
        const { status, body } = await running.ask(honest);
        expect(status).toBe(200);
        expect(body.data.instance.clusterBackups.nodes).toHaveLength(20);
        await pause(20);
      }
      expect(sockets.length - refused).toBeGreaterThan(90);
    } finally {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
    }
  });

  it('that never read their answers do not hold up others', async () => {
    await using running = await runGateway();
    const { instanceId } = running.sandbox.demo;
    const token = running.gateway.principals[0]?.token as string;
    const query = `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { ${Array.from({ length: 10 }, (_, index) => `a${index}: clusterBackups(first: 30) { nodes { shardBackups { nodes { id name status startTime } } } }`).join(' ')} } }`;
    const bytes = request(
      'POST',
      '/graphql',
      { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection: 'keep-alive' },
      JSON.stringify({ query }),
    );
    const { hostname, port } = new URL(running.url);
    const sockets = Array.from({ length: 30 }, () => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      socket.pause();
      for (let index = 0; index < 20; index += 1) socket.write(bytes);
      return socket;
    });
    try {
      const { body } = await running.ask('{ viewer { subject } }');
      expect(body.data.viewer.subject).toBe('alice');
      expect(process.memoryUsage().rss).toBeLessThan(1_500_000_000);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});
