import { defineConfig } from 'vitest/config'

/**
 * Four kinds of test, by what they need:
 * `unit` needs nothing and takes under a minute; `parts` starts real processes of ours, kills them
 * and meets independent clients; `e2e` drives real browsers; `desktop` starts the desktop app, with a real keychain.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/**/*.parts.test.ts', 'test/e2e/**'],
        },
      },
      {
        test: {
          name: 'parts',
          include: ['test/**/*.parts.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/desktop/**'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'desktop',
          include: ['test/e2e/desktop/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Each starts two real browsers and more: side by side they would only wait for each other.
          fileParallelism: false,
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
})
