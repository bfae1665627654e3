import { defineConfig } from 'vite';
import relay from 'vite-plugin-relay';

/** The gateway that the page asks: through this server, so that both are one origin to the browser. */
const gateway = 'http://127.0.0.1:4000';
const proxy = { '/graphql': gateway, '/demo-principals.json': gateway };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [relay],
  server: { proxy },
  preview: { proxy },
});
