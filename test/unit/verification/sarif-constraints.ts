import { expect } from '@jest/globals';

/**
 * What the schema of SARIF 2.1.0 and GitHub's code scanning demand of the members that devca writes:
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json and
 * https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function assertSarif(document: Sarif): void {
  expectOnly(document, ['$schema', 'version', 'runs']);
  expect(document.version).toBe('2.1.0');
  expect(document.$schema).toMatch(/^https:\/\/.*sarif-schema-2\.1\.0\.json$/);
  expect(document.runs).toHaveLength(1);
  for (const run of document.runs) {
    expectOnly(run, ['tool', 'columnKind', 'invocations', 'results']);
    expect(run.columnKind).toBe('utf16CodeUnits');
    for (const invocation of run.invocations) expect(typeof invocation.executionSuccessful).toBe('boolean');
    const { driver } = run.tool;
    expectOnly(driver, ['name', 'version', 'rules']);
    expect(driver.name).toBe('devca');
    expect(new Set(driver.rules.map(({ id }) => id)).size).toBe(driver.rules.length);
    for (const rule of driver.rules) assertRule(rule);
    for (const result of run.results) assertResult(result, driver.rules);
  }
}

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly Rule[] };
    };
    readonly columnKind: string;
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly results: readonly Result[];
  }[];
}

const LEVELS = ['none', 'note', 'warning', 'error'];

function assertRule(rule: Rule): void {
  expectOnly(rule, [
    'id',
    'name',
    'shortDescription',
    'fullDescription',
    'help',
    'defaultConfiguration',
    'properties',
  ]);
  expect(rule.id).not.toBe('');
  for (const { text } of [rule.shortDescription, rule.fullDescription, rule.help]) expect(text).not.toBe('');
  expect(LEVELS).toContain(rule.defaultConfiguration.level);
}

function assertResult(result: Result, rules: readonly Rule[]): void {
  expectOnly(result, ['ruleId', 'ruleIndex', 'level', 'message', 'locations', 'partialFingerprints']);
  expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
  expect(LEVELS).toContain(result.level);
  expect(result.message.text).not.toBe('');
  expect(result.locations.length).toBeGreaterThan(0);
  for (const { physicalLocation } of result.locations) {
    // format: uri-reference (RFC 3986), and lines that begin with 1.
    expect(physicalLocation.artifactLocation.uri).toMatch(/^(file:\/\/\/?)?[A-Za-z0-9._~!$&'()*+,;=:@/%-]+$/);
    expect(physicalLocation.region.startLine).toBeGreaterThanOrEqual(1);
  }
  for (const print of Object.values(result.partialFingerprints)) expect(print).toMatch(/^[0-9a-f]{64}$/);
}

const expectOnly = (value: object, members: readonly string[]): void =>
  expect(members).toEqual(expect.arrayContaining(Object.keys(value)));
