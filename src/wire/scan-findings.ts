import { WEAK_SUITES } from './findings.ts';
import type { ScanReport } from './scan-report.ts';
import { type Finding, finding } from './tables/finding-table.ts';

type ScanFacts = Omit<ScanReport, 'grade' | 'findings'>;

/** Grades what a scan has found: F for what is broken, C for warnings, B for less than the best, A. */
export function scanFindings(facts: ScanFacts, hitLimit: boolean): Pick<ScanReport, 'grade' | 'findings'> {
  const suites = [...new Set(Object.values(facts.cipherSuites).flat())];
  const findings: Finding[] = [
    ...facts.versions.flatMap(versionFinding),
    ...suiteFindings(suites),
    ...parameterFindings(facts),
  ];
  if (facts.versions.length > 0 && !facts.versions.includes('TLSv1.3'))
    findings.push(finding('DEVCA_WIRE_SCAN_NO_TLS13', {}));
  const unresumed = Object.keys(facts.resumption).filter((version) => facts.resumption[version] === false);
  if (unresumed.length > 0)
    findings.push(finding('DEVCA_WIRE_SCAN_NO_RESUMPTION', { versions: unresumed.join(' and ') }));
  if (facts.unanswered > 0)
    findings.push(finding('DEVCA_WIRE_SCAN_UNANSWERED', { probes: facts.unanswered }));
  if (hitLimit) findings.push(finding('DEVCA_WIRE_SCAN_BOUND', { connections: facts.connections }));
  return { grade: gradeOf(facts, findings), findings };
}

const RISKS: Readonly<Record<string, string>> = {
  SSLv3: 'it is broken (POODLE)',
  TLSv1: 'it is deprecated (RFC 8996) and open to BEAST',
  'TLSv1.1': 'it is deprecated (RFC 8996)',
};

function versionFinding(version: string): Finding[] {
  const risk = RISKS[version];
  if (risk === undefined) return [];
  const code = version === 'SSLv3' ? 'DEVCA_WIRE_SCAN_BROKEN_VERSION' : 'DEVCA_WIRE_SCAN_VERSION';
  return [finding(code, { version, risk })];
}

function suiteFindings(suites: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const weak = new Set<string>();
  for (const [pattern, risk] of WEAK_SUITES) {
    const found = suites.filter((suite) => pattern.test(suite) && !weak.has(suite));
    for (const suite of found) weak.add(suite);
    if (found.length > 0)
      findings.push(finding('DEVCA_WIRE_SCAN_WEAK_SUITES', { suites: some(found), risk }));
  }
  const sound = suites.filter((suite) => !weak.has(suite));
  const transport = sound.filter((suite) => /^TLS_(RSA|ECDH|DH|PSK|RSA_PSK)_/.test(suite));
  if (transport.length > 0)
    findings.push(finding('DEVCA_WIRE_SCAN_NO_FORWARD_SECRECY', { suites: some(transport) }));
  const cbc = sound.filter((suite) => suite.includes('_CBC_'));
  if (cbc.length > 0) findings.push(finding('DEVCA_WIRE_SCAN_CBC', { count: cbc.length }));
  return findings;
}

const SMALLEST_PRIME_BITS = 2048;

function parameterFindings(facts: ScanFacts): Finding[] {
  const findings: Finding[] = [];
  const sha1 = facts.signatureSchemes.filter((scheme) => scheme.endsWith('sha1'));
  if (facts.dhBits !== null && facts.dhBits < SMALLEST_PRIME_BITS)
    findings.push(finding('DEVCA_WIRE_SCAN_SMALL_DH', { bits: facts.dhBits }));
  if (sha1.length > 0) findings.push(finding('DEVCA_WIRE_SCAN_SHA1', { schemes: sha1.join(', ') }));
  if (facts.compression) findings.push(finding('DEVCA_WIRE_SCAN_COMPRESSION', {}));
  if (facts.secureRenegotiation === false) findings.push(finding('DEVCA_WIRE_SCAN_RENEGOTIATION', {}));
  return findings;
}

function gradeOf(facts: ScanFacts, findings: readonly Finding[]): ScanReport['grade'] {
  const has = (severity: Finding['severity']) => findings.some((one) => one.severity === severity);
  if (has('error')) return 'F';
  if (has('warning')) return 'C';
  return facts.versions.includes('TLSv1.3') && !has('info') ? 'A' : 'B';
}

const some = (suites: readonly string[]): string =>
  suites.length > 3 ? `${suites.slice(0, 3).join(', ')} and ${suites.length - 3} more` : suites.join(', ');
