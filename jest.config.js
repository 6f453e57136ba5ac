const project = (name, folder, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  ...extra,
});

export default {
  projects: [project('unit', 'unit'), project('integration', 'integration'), project('e2e', 'e2e')],
  reporters: ['default', '<rootDir>/scripts/jest-totals.js'],
  maxWorkers: 2,
  // V8 keeps what finished suites leave behind, up to gigabytes, and a worker that has to give that back takes longer to end
  // than jest waits for it. One that is above this after a suite is replaced by a new one.
  workerIdleMemoryLimit: '400MB',
  // Generous: limits are there to end what hangs, and machines differ. Speed is measured by `npm run bench`.
  testTimeout: 120_000,
};
