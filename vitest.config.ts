import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const elsewhere = ['**/node_modules/**', '**/dist/**', '.next/**', 'e2e/**', '.data/**'];
const alias = { '@': path.resolve(import.meta.dirname) };
// Cedar under load aborts the whole process on Node 20 without it; every process of the product runs with it too.
const execArgv = ['--no-turbo-inline-js-wasm-calls'];

// Limits for what hangs, as in the browser's tests: how long something may take is measured in bench/, and a slow machine is only slow.
const expect = { poll: { timeout: 30_000 } };

export default defineConfig({
  resolve: { alias },
  test: {
    // One for each core: tests of the database wait for it half of their time, so none is kept back for the runner.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['**/*.test.{ts,tsx}'], exclude: [...elsewhere, '**/*.db.test.ts'], execArgv, testTimeout: 60_000, expect },
      },
      {
        resolve: { alias },
        test: { name: 'db', include: ['**/*.db.test.ts'], exclude: elsewhere, execArgv, globalSetup: ['lib/testing/test-server.ts'], testTimeout: 120_000, hookTimeout: 120_000, expect },
      },
    ],
  },
});
