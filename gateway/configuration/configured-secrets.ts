import type { Environment } from '../../upstream/credentials/default-chain.ts';
import { SECRET_NAME } from '../observability/redaction.ts';
import type { Configuration } from './configuration.ts';

/** Everything in the configuration that no line of a log may ever hold, whatever it looks like there. */
export function secretsOf(
  { accessKey, redisUrl, accounts }: Pick<Configuration, 'accessKey' | 'redisUrl' | 'accounts'>,
  environment: Environment = {},
): (string | undefined)[] {
  const inAccounts = accounts.flatMap(({ credentials }) =>
    Object.entries(credentials).map(([name, value]) =>
      SECRET_NAME.test(name) && typeof value === 'string' ? value : undefined,
    ),
  );
  const password = redisUrl === undefined ? '' : new URL(redisUrl).password;
  const headers = [environment.OTEL_EXPORTER_OTLP_HEADERS, environment.OTEL_EXPORTER_OTLP_TRACES_HEADERS];
  const headerValues = headers.flatMap((text) => text?.split(',').map((pair) => pair.slice(pair.indexOf('=') + 1)));
  return [
    ...[accessKey?.accessKeyId, accessKey?.accessKeySecret, accessKey?.securityToken],
    ...[redisUrl, password, decoded(password), ...inAccounts, ...headerValues],
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
