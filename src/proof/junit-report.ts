import { forHtml } from '../platform/escape.ts';
import type { ScenarioResult, SelfTestReport, SubjectReport } from './report.ts';

/** The report in the XML that build servers read: one suite for each subject, one case for each scenario. */
export function junitReport({ passed, failed, subjects }: SelfTestReport): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="devca selftest" tests="${passed + failed}" failures="${failed}">`,
    ...subjects.map(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite({ name, serial, scenarios, notProvable }: SubjectReport): string {
  const failures = scenarios.filter(({ passed }) => !passed).length;
  const skipped =
    notProvable === undefined
      ? []
      : [
          `    <testcase classname="${forHtml(name)}" name="handshakes"><skipped message="${forHtml(notProvable)}"/></testcase>`,
        ];
  const count = scenarios.length + skipped.length;
  return [
    `  <testsuite name="${forHtml(`${name} ${serial}`)}" tests="${count}" failures="${failures}" skipped="${skipped.length}" time="${seconds(scenarios)}">`,
    ...scenarios.map((scenario) => testcase(scenario, name)),
    ...skipped,
    '  </testsuite>',
  ].join('\n');
}

function testcase(result: ScenarioResult, subject: string): string {
  const { id, tls, peer, ends, expected, client, server, passed, detail = '', fault } = result;
  const name = [id, ...(tls === null ? [] : [tls]), peer, ...ends].join(' ');
  const open = `    <testcase classname="${forHtml(subject)}" name="${forHtml(name)}" time="${seconds([result])}"`;
  if (passed) return `${open}/>`;
  const saw =
    client === null ? detail : `expected ${expected}; client saw ${client}, server saw ${server}; ${detail}`;
  const named = fault === undefined ? saw : `${saw}; ${fault.title} [${fault.code}]`;
  return `${open}><failure message="${forHtml(detail)}">${forHtml(named)}</failure></testcase>`;
}

const seconds = (results: readonly ScenarioResult[]): string =>
  (results.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(3);
