import { defineConfig } from 'vitest/config';

/** Against a real S3-compatible store, which scripts/object-store.sh builds where it was not yet: `npm run test:object-store`. */
export default defineConfig({
  test: {
    globalSetup: ['scripts/compile-wasm.mjs'],
    include: ['test/object-store/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
});
