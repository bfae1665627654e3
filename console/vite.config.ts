import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the console to static files that need no inline script or style, and no other host. */
export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that it also works under a path of a proxy.
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Everything stays a file of its own: inlined pictures would be text in a style sheet.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
  },
  server: { host: '127.0.0.1', proxy: Object.fromEntries(proxied()) },
});

/** `npx vite console` beside a gateway on its usual port. */
function proxied(): [path: string, target: string][] {
  return ['/graphql', '/demo-principals.json'].map((path) => [path, 'http://127.0.0.1:4000']);
}
