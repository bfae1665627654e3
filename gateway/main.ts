import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// `npm start`. Compiled code is cached inside the installation, never in a folder that others may write to: it then listens after 400 ms instead of
// 800. Where the installation is read-only nothing is cached.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
await import('./process.ts');
