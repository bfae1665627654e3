import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

// `prestart`: the gateway serves a console that has been built. Without the tools for it, as in production, it starts all the same.
const BUILT = new URL('dist/index.html', import.meta.url);

if (!existsSync(BUILT) && canBuild()) {
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  await build({ configFile: new URL('vite.config.ts', import.meta.url).pathname, logLevel: 'error' });
  process.stdout.write('Built the console, once.\n');
}

function canBuild(): boolean {
  const { resolve } = createRequire(import.meta.url);
  try {
    resolve('vite');
    resolve('@vitejs/plugin-react');
    return true;
  } catch {
    return false;
  }
}
