import { describe, expect, it } from '@jest/globals';
import { explain, explainText } from '../../../src/diagnosis/explain-text.ts';

/** `certainty:CODE` of every match, without the prefix of the code. */
const told = (text: string): string[] =>
  explainText(text).map(({ certainty, fault }) => `${certainty}:${fault.code.replace('DEVCA_FAULT_', '')}`);

describe('explainText with one code', () => {
  it.each([
    ['ERR_CERT_AUTHORITY_INVALID', 'likely:UNKNOWN_CA'],
    ['err_cert_authority_invalid', 'likely:UNKNOWN_CA'],
    ['NET::ERR_CERT_DATE_INVALID', 'likely:EXPIRED'],
    ['SSL_ERROR_BAD_CERT_DOMAIN', 'likely:NAME_MISMATCH'],
    ['MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT', 'certain:SELF_SIGNED'],
    ['SEC_ERROR_REUSED_ISSUER_AND_SERIAL', 'certain:ISSUER_SERIAL_REUSED'],
    ['curl: (60)', 'likely:UNKNOWN_CA'],
    ['exit code 6', 'certain:NAME_NOT_FOUND'],
    ['SSL_HANDSHAKE_FAILURE', 'likely:CIPHER'],
    ['20', 'likely:UNKNOWN_CA'],
    ['X509_V_ERR_PATH_LENGTH_EXCEEDED', 'certain:PATH_LENGTH'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'likely:MISSING_INTERMEDIATE'],
    ['alert 48', 'likely:CLIENT_CERT_UNKNOWN_ISSUER'],
    ['unknown_ca', 'likely:CLIENT_CERT_UNKNOWN_ISSUER'],
    ['Protocol_Version', 'certain:VERSION'],
    ['close_notify', 'certain:CLOSED_IN_HANDSHAKE'],
    ['116', 'likely:CLIENT_CERT_MISSING'],
    ['-1202', 'likely:UNKNOWN_CA'],
    ['-9843', 'certain:NAME_MISMATCH'],
    ['0x80090322', 'certain:NAME_MISMATCH'],
    ['-2146893022', 'certain:NAME_MISMATCH'],
    ['DEVCA_FAULT_EXPIRED', 'certain:EXPIRED'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'likely:CLIENT_CERT_EXPIRED'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'likely:CLIENT_CERT_EXPIRED'],
  ])('%s: %s', (text, first) => {
    expect(told(text)[0]).toBe(first);
  });

  it('says how a bare number was read, and asks where it is from if it could be several', () => {
    const [match] = explainText('48');
    expect(match?.found[0]?.text).toBe(
      'OpenSSL verify result 48 (EXCLUDED_VIOLATION), TLS alert 48 (unknown_ca)',
    );
    expect(match?.question).toContain('where does the number come from');
  });

  it('does not take a number or a common word in a text for a code', () => {
    expect(told('20 files were changed')).toEqual([]);
    expect(told('an internal error occurred')).toEqual([]);
    expect(told('error 404: not found')).toEqual([]);
  });
});

describe('explainText with a log', () => {
  const line = 'SSL certificate problem: certificate has expired';

  it('finds the one line that matters, with its number', () => {
    const log = `${'a line of no interest\n'.repeat(5000)}curl: (60) ${line}\nmore\n`;
    const [match] = explainText(log);
    expect(match).toMatchObject({ certainty: 'likely', fault: { code: 'DEVCA_FAULT_EXPIRED' } });
    expect(match?.found).toContainEqual(
      expect.objectContaining({ line: 5001, excerpt: `curl: (60) ${line}`, text: `curl: (60) ${line}` }),
    );
  });

  it.each([
    [
      'colour codes',
      '\u001b[31mSSL certificate problem:\u001b[0m certificate \u001b[1mhas\u001b[22m expired',
    ],
    ['the line breaks of a narrow terminal', 'SSL certificate problem: certificate\nhas expired'],
    ['JSON', JSON.stringify({ level: 'error', msg: `request failed\n${line}` })],
    ['JSON with escaped colours', '{"msg":"\\u001b[31mcertificate\\u001b[39m has\\texpired"}'],
    ['HTML', '<p>certificate&nbsp;has&#32;expired</p>'],
    ['Windows line ends', `first\r\n${line}\r\n`],
    ['another case', line.toUpperCase()],
  ])('reads through %s', (_kind, text) => {
    expect(told(text)[0]).toBe('likely:EXPIRED');
  });

  it('tells two faults of one log', () => {
    const log = 'read ECONNREFUSED 127.0.0.1:80\nlater: keystore password was incorrect';
    expect(told(log)).toEqual(['certain:PORT_CLOSED', 'certain:P12_PASSWORD']);
  });

  it('takes the longer of two names that begin alike', () => {
    expect(told('self-signed certificate')).toEqual(['certain:SELF_SIGNED']);
    expect(told('self-signed certificate in certificate chain')[0]).toBe('likely:ROOT_SENT');
  });

  it('gives the candidates of an ambiguous text, and what separates them', () => {
    const matches = explainText('x509: certificate signed by unknown authority');
    expect(matches.map(({ fault }) => fault.code).slice(0, 2)).toEqual([
      'DEVCA_FAULT_UNKNOWN_CA',
      'DEVCA_FAULT_MISSING_INTERMEDIATE',
    ]);
    for (const { question, certainty } of matches) {
      expect(question).toContain('how many certificates does the server send');
      expect(certainty).not.toBe('certain');
    }
  });

  it('lets two ambiguous names narrow each other', () => {
    const codes = told('wrong version number\nERR_SSL_PROTOCOL_ERROR');
    expect(codes).toEqual(['likely:TLS_TO_PLAIN']);
  });

  it('reads an alert by whose log it is', () => {
    const alert = 'error:0A000418:SSL routines::tlsv1 alert unknown ca';
    expect(told(`curl: (35) ${alert}`)[0]).toBe('likely:CLIENT_CERT_UNKNOWN_ISSUER');
    expect(told(`tlsClientError ${alert}`)[0]).toBe('likely:UNKNOWN_CA');
  });

  it('knows that a server complains of the client', () => {
    expect(
      told('tls: failed to verify client certificate: x509: certificate specifies an incompatible key usage'),
    ).toEqual(['certain:CLIENT_CERT_WRONG_EKU']);
  });

  it('falls back on what only says that something failed', () => {
    expect(told('TypeError: fetch failed { code: UND_ERR_SOCKET }')[0]).toBe('likely:CLIENT_CERT_MISSING');
    expect(told('fetch failed\ncause: certificate has expired')[0]).toBe('likely:EXPIRED');
  });

  it('knows nothing of healthy logs', () => {
    expect(told('SSL certificate verify ok.\n* TLSv1.3 (IN), TLS alert, close notify (256):')).toEqual([]);
    expect(told('Verify return code: 0 (ok)\nVerification: OK')).toEqual([]);
    expect(told('')).toEqual([]);
  });
});

describe('explainText with devca codes', () => {
  const own = [{ code: 'DEVCA_HOME_UNKNOWN', title: 'no home', fixes: ['set HOME'] }];

  it('knows those of its validation as faults', () => {
    expect(told('devca: error: expired [DEVCA_PATH_EXPIRED]')).toContain('certain:EXPIRED');
  });

  it('takes others as they are passed', () => {
    expect(explainText('devca_home_unknown', own)[0]).toMatchObject({
      certainty: 'certain',
      fault: { code: 'DEVCA_HOME_UNKNOWN', title: 'no home', fixes: ['set HOME'] },
    });
    expect(explainText('DEVCA_NOWHERE_KNOWN', own)).toEqual([]);
  });
});

describe('explainText with much or hostile text', () => {
  it.each([
    ['words', 'a '.repeat(500_000)],
    ['beginnings of names', 'certificate is valid for '.repeat(40_000)],
    ['names with a gap that is never filled', 'PKIX path validation failed '.repeat(40_000)],
    ['unfinished colour codes', '\u001b[0;'.repeat(250_000)],
    ['escapes', '\\u00'.repeat(250_000)],
    ['one name many times', 'certificate has expired '.repeat(40_000)],
    ['no words', '\u0000\n'.repeat(500_000)],
    ['devca codes', 'DEVCA_A_'.repeat(120_000)],
  ])('takes time in proportion: a megabyte of %s', (_kind, text) => {
    const begin = performance.now();
    explainText(text);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it('finds a name in a line of many megabytes, wherever it is', () => {
    for (const at of [0, 512 * 1024 - 10, 512 * 1024 + 3, 1_500_000]) {
      const text = `${'x '.repeat(at / 2)} CERT_HAS_EXPIRED ${'y '.repeat(400_000)}`;
      expect(told(text)[0]).toBe('likely:EXPIRED');
    }
  });

  it('reads the beginning and the end of what is larger than it takes', () => {
    const filler = 'no word of it\n'.repeat((17 * 1024 * 1024) / 14);
    expect(told(`CERT_HAS_EXPIRED\n${filler}HOSTNAME_MISMATCH`)).toContain('certain:NAME_MISMATCH');
  });
});

describe('explain', () => {
  it('throws where nothing is known, with the beginning of the text: DEVCA_EXPLAIN_UNKNOWN', () => {
    expect(() => explain(`all is\nwell ${'x'.repeat(300)}`)).toThrow(
      /^nothing in "all is well x+\.\.\." is the name/,
    );
    expect(() => explain(' ')).toThrow(
      expect.objectContaining({ code: 'DEVCA_EXPLAIN_UNKNOWN', message: 'there is no text to explain' }),
    );
  });
});
