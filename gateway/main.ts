import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// `npm start`. Compiled code is kept from one start to the next, where whoever runs the process may write to its own installation, and nowhere that
// others may: it then listens after 400 ms instead of 800.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
await import('./process.ts');
