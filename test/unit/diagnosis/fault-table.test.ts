import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../../src/commands/index.ts';
import { diagnose } from '../../../src/diagnosis/diagnose.ts';
import { faultByCode, faultOfClient, faults, wordings } from '../../../src/diagnosis/fault-table.ts';
import { wordKey } from '../../../src/diagnosis/name-index.ts';
import { findNames } from '../../../src/diagnosis/names-in-text.ts';
import { FORMATS } from '../../../src/formats/format.ts';

const candidatesOf = (meaning: (typeof wordings)[number]['meaning']): readonly string[] =>
  typeof meaning === 'string'
    ? [meaning]
    : [
        ...meaning.likely,
        ...meaning.possible,
        ...(meaning.atServer?.likely ?? []),
        ...(meaning.atServer?.possible ?? []),
      ];

describe('the fault table', () => {
  it('has every code once', () => {
    const codes = faults.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^DEVCA_FAULT_[A-Z0-9]+(_[A-Z0-9]+)*$/);
  });

  it.each([
    ...['UNKNOWN_CA', 'ROOT_SENT', 'SELF_SIGNED', 'MISSING_INTERMEDIATE', 'EXPIRED', 'ISSUER_EXPIRED'],
    ...['NOT_YET_VALID', 'CLOCK_WRONG', 'NAME_MISMATCH', 'NO_SAN', 'IP_MISMATCH', 'WRONG_EKU', 'REVOKED'],
    ...['CRL_MISSING', 'CRL_EXPIRED', 'WEAK_KEY', 'WEAK_SIGNATURE', 'NAME_CONSTRAINT', 'NOT_A_CA'],
    ...[
      'PATH_LENGTH',
      'CRITICAL_EXTENSION',
      'KEY_TYPE_UNSUPPORTED',
      'WILDCARD_LOCALHOST',
      'VERSION',
      'CIPHER',
    ],
    ...['CLIENT_CERT_MISSING', 'CLIENT_CERT_UNKNOWN_ISSUER', 'CLIENT_CERT_EXPIRED', 'CLIENT_CERT_WRONG_EKU'],
    ...['CLIENT_CERT_REVOKED', 'CLIENT_CERT_NOT_SENT', 'PLAIN_TO_TLS', 'TLS_TO_PLAIN', 'ALPN', 'SNI_UNKNOWN'],
    ...['CLOSED_IN_HANDSHAKE', 'RESET', 'PORT_CLOSED', 'NAME_NOT_FOUND', 'TIMEOUT', 'KEY_MISMATCH'],
    ...['KEY_PERMISSIONS', 'TRUST_STORE_EMPTY', 'P12_PASSWORD', 'P12_LEGACY', 'HSTS', 'PROXY_INTERCEPTION'],
    ...['KEYSTORE_FORMAT', 'ISSUER_SERIAL_REUSED', 'VALIDITY_TOO_LONG', 'TRUST_STALE', 'TRUST_OVERRIDDEN'],
  ])('knows %s', (name) => {
    expect(faultByCode(`DEVCA_FAULT_${name}`)).toBeDefined();
  });

  it.each(faults.map((fault) => [fault.code, fault] as const))(
    'says of %s what, why and how',
    (_code, fault) => {
      const { title, causes, question, fixes, names } = fault;
      expect(causes.length).toBeGreaterThan(0);
      expect(fixes.length).toBeGreaterThan(0);
      expect(question).toMatch(/\?$/);
      expect(Object.keys(names).filter((speaker) => speaker !== 'devca')).not.toEqual([]);
      for (const text of [title, ...causes, ...fixes]) expect(text).not.toMatch(/\.$/);
      for (const text of [title, ...causes, question]) expect(text).toMatch(/^["a-z~0-9]|^[A-Z][A-Za-z0-9_]/);
      for (const fix of fixes) expect(fix).toMatch(/^(run "devca |by hand)/);
    },
  );

  it('puts what devca can do before what is done by hand', () => {
    for (const { code, fixes } of faults) {
      const byHand = fixes.map((fix) => fix.startsWith('by hand'));
      expect([code, byHand]).toEqual([code, [...byHand].sort((a, b) => Number(a) - Number(b))]);
    }
  });

  it('names commands and flags that are there', async () => {
    const known = new Map<string, readonly string[]>();
    for (const { name, load } of COMMANDS) known.set(name, [...Object.keys((await load()).flags), 'home']);
    for (const { code, fixes } of faults) {
      for (const [, line = ''] of fixes.join('\n').matchAll(/"devca ([^"]*)"/g)) {
        const words = line.split(' ');
        const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find((candidate) => known.has(candidate));
        expect({ code, line, name }).toMatchObject({ name: expect.any(String) });
        const format = /--format (\S+)/.exec(line)?.[1];
        if (format !== undefined) expect([code, FORMATS]).toEqual([code, expect.arrayContaining([format])]);
        for (const flag of words.filter((word) => /^--./.test(word)))
          expect({ code, flags: known.get(name ?? '') }).toMatchObject({
            flags: expect.arrayContaining([flag.slice(2)]),
          });
      }
    }
  });

  it('refers to faults that are there, each of them once in a list', () => {
    for (const { text, meaning } of wordings) {
      for (const code of candidatesOf(meaning)) expect([text, faultByCode(code)?.code]).toEqual([text, code]);
      if (typeof meaning === 'string') continue;
      const own = [...meaning.likely, ...meaning.possible];
      expect([text, new Set(own).size]).toEqual([text, own.length]);
      if (own.length > 1) expect([text, meaning.question]).toEqual([text, expect.stringMatching(/\S/)]);
    }
    for (const { code } of faults) expect(faultByCode(faultOfClient(code as never))).toBeDefined();
  });
});

describe('the first name', () => {
  it.each([
    ['UNKNOWN_CA', 'curl', 'curl: (60) SSL certificate problem: unable to get local issuer certificate'],
    ['UNKNOWN_CA', 'chrome', 'ERR_CERT_AUTHORITY_INVALID'],
    ['EXPIRED', 'node', 'CERT_HAS_EXPIRED'],
    ['CLIENT_CERT_MISSING', 'node', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
    ['CLIENT_CERT_MISSING', 'java', 'Received fatal alert: certificate_required'],
    ['VERSION', 'python', '[SSL: TLSV1_ALERT_PROTOCOL_VERSION]'],
    ['TLS_TO_PLAIN', 'curl', 'curl: (35) … wrong version number'],
  ] as const)('of %s that %s gives is the one that people meet', (code, speaker, text) => {
    expect(faultByCode(`DEVCA_FAULT_${code}`)?.names[speaker]?.[0]).toEqual({ text, evidence: 'observed' });
  });

  it('is an observed one wherever there is any, and of no browser where a server speaks', () => {
    for (const { code, names } of faults)
      for (const [speaker, list] of Object.entries(names)) {
        const observed = list.filter(({ evidence }) => evidence === 'observed');
        expect([code, speaker, list.slice(0, observed.length)]).toEqual([code, speaker, observed]);
      }
    expect(faultByCode('DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER')?.names.chrome).toBeUndefined();
  });
});

describe('names', () => {
  it('are told apart by their words: no two with one spelling mean different things', () => {
    const meanings = new Map<string, string>();
    for (const { text, meaning } of wordings) {
      const said = JSON.stringify(typeof meaning === 'string' ? meaning : [meaning.likely, meaning.possible]);
      const key = wordKey(text);
      expect([text, meanings.get(key) ?? said]).toEqual([text, said]);
      meanings.set(key, said);
    }
  });

  it('are specific: two words, or one that is no plain word', () => {
    for (const { text } of wordings) {
      const words = wordKey(text).replaceAll('… ', '').split(' ');
      const isSpecific = words.length >= 2 || /^(\p{L}*\d|.{10})/u.test(words[0] ?? '');
      expect([text, isSpecific || KNOWN_WORDS.includes(text)]).toEqual([text, true]);
    }
  });

  const speakers = [...new Set(wordings.map(({ by }) => by))];
  it.each(speakers)('of %s lead to their faults', (speaker) => {
    for (const { text, meaning } of wordings.filter(({ by }) => by === speaker)) {
      const { names } = findNames(text.replaceAll('…', 'x'));
      const codes = [undefined, 'client', 'server'].flatMap((side) =>
        diagnose(names, side as undefined).map(({ fault }) => fault.code),
      );
      const led = candidatesOf(meaning).some((code) => codes.includes(code));
      expect([text, led]).toEqual([text, true]);
    }
  });
});

/** Single words that only an error of a network or TLS library has. */
const KNOWN_WORDS = ['EPROTO', 'SSLError', 'BadDer', 'ETIMEDOUT', 'ProxyError', 'KeyMismatch', 'AH01903'];
