import { defineConfig } from 'vitest/config';

const alias = [
  { find: /^nestjs-observability$/, replacement: `${import.meta.dirname}/lib/index.ts` },
];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/parts.reporter.ts'],
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'suite',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/compat/**'],
          setupFiles: ['test/support/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          typecheck: {
            enabled: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'tsconfig.json',
          },
        },
      },
      {
        test: {
          name: 'compat',
          include: ['test/compat/**/*.spec.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
