import { Redis } from 'ioredis';
import { type Finding, networkAdvice, systemCode, well, wrong } from './finding.ts';

const TIMEOUT_MS = 3_000;

/** Whether Redis can be shared; undefined where it is not wanted. */
export async function checkRedis(url: string | undefined): Promise<Finding | undefined> {
  if (url === undefined) return undefined;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let failure: unknown;
  redis.on('error', (error) => {
    failure = error;
  });
  try {
    await redis.connect();
    // What the gateway does there: scripts, and answers that expire.
    await redis.eval("return redis.call('TIME')", 0);
    return well('Redis', 'answers, and runs scripts');
  } catch (error) {
    return explained(failure ?? error);
  } finally {
    redis.disconnect();
  }
}

function explained(error: unknown): Finding {
  const said = error instanceof Error ? error.message : '';
  const refusal = /^(NOAUTH|WRONGPASS|NOPERM|ERR|LOADING|MOVED|CLUSTERDOWN|READONLY)\b/.exec(said)?.[1];
  if (refusal === undefined) {
    return wrong('Redis', `does not answer (${systemCode(error) ?? 'unknown'})`, networkAdvice(error));
  }
  const advice = /NOAUTH|WRONGPASS|ERR/.test(refusal)
    ? 'REDIS_URL must hold the right user and password'
    : /NOPERM/.test(refusal)
      ? 'its user needs EVAL, GET, MGET, SET, sorted sets and sets under kvstore-gateway:*'
      : 'look at the state of the server';
  return wrong('Redis', `refuses (${refusal})`, advice);
}
