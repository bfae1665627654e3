import { PolicyFaults } from '../permissions/policy-fault.ts';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { welcomeText } from './welcome.ts';

// `npm start`. Exit codes: 0 after a signal, 1 when it cannot start.
try {
  const configuration = readConfiguration(process.env);
  const gateway = await startGateway(configuration, { environment: process.env });
  endOnSignal(gateway);
  const { url, sandbox, principals } = gateway;
  const demo = configuration.upstream === 'sandbox' ? { principals, instance: sandbox?.demo } : undefined;
  process.stdout.write(
    welcomeText({ url, upstream: sandbox === undefined ? 'the upstream that was configured' : 'its sandbox', demo }),
  );
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}

function endOnSignal(gateway: Gateway): void {
  let ending = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      gateway.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof PolicyFaults) return error.message.replace(/^/gm, 'RAM_POLICIES: ');
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'PORT: another process listens there already; PORT=0 picks a free one';
  if (code === 'EACCES') return 'PORT: not allowed to listen there';
  return `cannot start: ${message}`;
}
