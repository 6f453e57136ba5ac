// Prints jest's totals as one line that a CI system can read without knowing jest; where CI is set, a skip is a failure.
export default class JestTotals {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = results;
    if (process.env.CI && numPendingTests > 0)
      this.error = new Error(`${numPendingTests} tests were skipped`);
    process.stdout.write(
      `Tests: ${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed\n`,
    );
  }

  getLastError() {
    return this.error;
  }
}
