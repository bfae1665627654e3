import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from './running-gateway.ts';

// biome-ignore lint/suspicious/noExplicitAny: wire bodies are bent freely here
type Wire = any;

describe('what the upstream sends that nobody expected', () => {
  let running: RunningGateway;
  let place: string;
  beforeEach(async () => {
    running = await runGateway();
    place = `instanceId: "${running.sandbox.demo.instanceId}", regionId: "cn-hangzhou"`;
  });
  afterEach(() => running[Symbol.asyncDispose]());

  const bend = (action: string, change: (body: Wire) => void) => {
    running.sandbox.rewrite = (called, body) => {
      if (called === action) change(body);
      return body;
    };
  };
  const first = async (fields: string) => {
    const { body } = await running.ask(`{ instance(${place}) { clusterBackups(first: 2) { nodes { ${fields} } } } }`);
    return body;
  };

  it('is UNKNOWN for a value that is new, and logged once', async () => {
    bend('DescribeClusterBackupList', ({ ClusterBackups }) => {
      for (const row of ClusterBackups)
        Object.assign(row, { ClusterBackupStatus: 'Thawing', ClusterBackupMode: 'Lunar' });
    });
    const body = await first('status mode');
    expect(body.errors).toBeUndefined();
    expect(body.data.instance.clusterBackups.nodes[0]).toEqual({ status: 'UNKNOWN', mode: 'UNKNOWN' });
    expect(running.output.join('').match(/Thawing/g)).toHaveLength(1);
  });

  it.each(['abc', '-1', '1e400', {}, true])(
    'is null with an error for that field alone when a size is %j',
    async (size) => {
      bend('DescribeClusterBackupList', ({ ClusterBackups }) => {
        ClusterBackups[0].ClusterBackupSize = size;
      });
      const body = await first('clusterBackupId sizeBytes');
      expect(body.data.instance.clusterBackups.nodes[0]).toEqual({
        clusterBackupId: expect.stringMatching(/^cb-/),
        sizeBytes: null,
      });
      expect(body.data.instance.clusterBackups.nodes[1].sizeBytes).toBeGreaterThan(0);
      expect(body.errors).toHaveLength(1);
      expect(body.errors[0]).toMatchObject({
        path: ['instance', 'clusterBackups', 'nodes', 0, 'sizeBytes'],
        extensions: { code: 'UPSTREAM_ERROR' },
      });
    },
  );

  it('is read whatever type a number or a flag has', async () => {
    bend('DescribeClusterBackupList', ({ ClusterBackups }) => {
      Object.assign(ClusterBackups[1], {
        ClusterBackupSize: 2048,
        IsAvail: '1',
        ShardClassMemory: '512',
        Progress: '100%',
      });
    });
    const body = await first('sizeBytes isAvailable shardMemoryMegabytes progressPercent');
    expect(body.data.instance.clusterBackups.nodes[1]).toEqual({
      sizeBytes: 2048,
      isAvailable: true,
      shardMemoryMegabytes: 512,
      progressPercent: 100,
    });
  });

  it('is an empty page when the list is missing, and a page when it is there', async () => {
    bend('DescribeClusterBackupList', (body) => {
      delete body.ClusterBackups;
    });
    expect((await first('status')).data.instance.clusterBackups.nodes).toEqual([]);
  });

  it('is UPSTREAM_ERROR with the request id when it makes no sense at all', async () => {
    bend('DescribeInstances', (body) => {
      body.Instances = 'gone';
    });
    const { body } = await running.ask(`{ instance(${place}) { name } }`);
    expect(body.errors[0].extensions).toMatchObject({
      code: 'UPSTREAM_ERROR',
      upstream: { requestId: expect.any(String) },
    });
  });
});
