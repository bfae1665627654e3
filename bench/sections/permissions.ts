import { type Contender, type Running, startAll, startGatewayProcess } from '../contenders.ts';
import { type Measured, measure } from '../measure.ts';
import { bigRead } from '../operations.ts';
import { atLeast, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { ratio } from '../statistics.ts';
import { throughputTable } from '../throughput.ts';
import { startSandboxProcess } from '../upstreams.ts';

const ALLOW_ALL = { Effect: 'Allow', Action: 'kvstore:*', Resource: '*' };

/** Statements that have to be looked at and decide nothing: other regions, other addresses, other fields. */
const FIFTY = [
  ...Array.from({ length: 25 }, (_, index) => ({
    Effect: 'Allow',
    Action: ['kvstore:Describe*', 'rds:*'],
    Resource: `acs:kvstore:eu-central-${index}:*:instance/r-*`,
    Condition: { IpAddress: { 'acs:SourceIp': [`203.0.113.${index}/32`, '198.51.100.0/24'] } },
  })),
  ...Array.from({ length: 24 }, (_, index) => ({
    Effect: 'Deny',
    Action: 'kvstore:DescribeClusterBackupList',
    Resource: '*',
    Condition: { StringLike: { 'gateway:Field': `ShardBackup.*Url${index}` } },
  })),
  ALLOW_ALL,
];

function gatewayWith(name: string, statements: readonly object[]): Contender {
  return {
    name,
    async start(stage, { upstream }) {
      const path = stage.file(
        `policies-${statements.length}.json`,
        JSON.stringify({
          policies: { measured: { Version: '1', Statement: statements } },
          attachments: [{ subject: 'alice', policies: ['measured'] }],
        }),
      );
      return startGatewayProcess(stage, upstream, { RAM_POLICIES: path });
    },
  };
}

const few = gatewayWith('one statement, decided once a page', [ALLOW_ALL]);
const many = gatewayWith('50 statements, half of which look at every field', FIFTY);

export const permissions: Section = {
  name: 'permissions',
  title: 'Permissions',
  text: 'The big warm read, once with a policy of one statement and once with 50, of which half look at each field and so are asked for each.',
  async run({ pace, tell }) {
    tell('one statement against 50');
    await using stage = new Stage();
    const { server, place } = await startSandboxProcess(stage);
    const running: Running[] = await startAll(stage, [few, many], { kind: 'upstream', upstream: server.url });
    const measured = await measure(running, bigRead(place), pace);
    const of = (contender: Contender) => (measured.get(contender.name) as Measured).requestsPerSecond;
    return {
      tables: [{ table: throughputTable(running, measured) }],
      holds: [atLeast('50 statements, × one statement', 0.95, ratio(of(many), of(few)))],
    };
  },
};
