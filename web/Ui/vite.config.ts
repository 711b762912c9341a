import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { pipelineFixture } from './dev/pipelineFixture.ts';

// The server that `npm run dev` talks to; anything that speaks Prometheus's HTTP API will do.
const server = process.env.STREAMLINE_URL ?? 'http://127.0.0.1:9090';

export default defineConfig({
  // Relative asset addresses, resolved against <base> in index.html: the server may stand behind a route prefix.
  base: './',
  plugins: [react(), pipelineFixture()],
  server: {
    host: '127.0.0.1',
    // Streamline refuses queries by POST whose origin is not its own.
    proxy: { '/api': { target: server, changeOrigin: true, headers: { origin: server } } },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
