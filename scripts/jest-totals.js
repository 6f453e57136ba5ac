// Prints jest's totals as one line, so that a CI system can read them without knowing jest.
export default class JestTotals {
  onRunComplete(_contexts, results) {
    const failedSuites = results.numRuntimeErrorTestSuites;
    process.stdout.write(
      `Tests: ${results.numPassedTests} passed, ${results.numFailedTests + failedSuites} failed\n`,
    );
  }
}
