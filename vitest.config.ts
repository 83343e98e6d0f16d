import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['scripts/compile-wasm.mjs'],
    include: ['test/**/*.test.ts'],
    exclude: ['test/chaos/**', 'test/browser/**', 'test/cluster/**'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
