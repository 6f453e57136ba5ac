import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../src/errors/catalogue.ts';
import { run } from '../../../src/run.ts';
import { problemCodes } from '../../../src/validation/problem.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const home = scratchFolder();

async function explain(words: readonly string[], input = '') {
  const world = testWorld({ home, input: Buffer.from(input) });
  const status = await run(['explain', ...words], world);
  return { status, ...world.written };
}

describe('devca explain', () => {
  it('says what a code means, who says it and what mends it', async () => {
    const { status, out, error } = await explain(['MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE']);
    expect({ status, error }).toEqual({ status: 0, error: '' });
    expect(out).toContain('certain: the certificate is not valid yet [DEVCA_FAULT_NOT_YET_VALID]');
    expect(out).toContain('what mends it\n  - run "devca ');
    expect(out).toContain('  - openssl: certificate is not yet valid');
  });

  it('gives candidates, the question between them, and a line for each of the others', async () => {
    const { out } = await explain(['ERR_CERT_AUTHORITY_INVALID']);
    expect(out).toMatch(/^This may be one of \d+ faults\./);
    expect(out.match(/^likely: /gm)).toHaveLength(2);
    expect(out).toContain('To tell them apart: how many certificates does the server send');
    expect(out).toContain('also possible\n  - ');
  });

  it('takes a message in several words, and a log from standard input', async () => {
    expect((await explain(['certificate', 'has', 'expired'])).out).toContain('[DEVCA_FAULT_EXPIRED]');
    const { out } = await explain(['-'], 'one\ntwo\n\u001b[31mread ECONNREFUSED\u001b[0m\n');
    expect(out).toContain('  line 3: read ECONNREFUSED\n');
  });

  it('prints nothing of a log that could write to the terminal', async () => {
    const { out } = await explain(['-'], 'x\u001b]0;title\u0007\u202e ECONNREFUSED');
    expect(out).toContain('ECONNREFUSED');
    expect(out).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('is JSON with --json', async () => {
    const { out } = await explain(['--json', 'unknown_ca']);
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      faults: expect.arrayContaining([
        {
          code: 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
          title: expect.any(String),
          certainty: 'likely',
          causes: expect.arrayContaining([expect.any(String)]),
          question: expect.any(String),
          fixes: expect.arrayContaining([expect.stringMatching(/^run "devca /)]),
          names: expect.objectContaining({
            rustls: expect.arrayContaining([{ text: 'fatal alert: UnknownCA', evidence: 'observed' }]),
          }),
          found: [expect.objectContaining({ text: 'TLS alert 48 (unknown_ca)', by: ['tls'], line: 1 })],
          separatedBy: expect.any(String),
        },
      ]),
    });
  });

  it('lists every fault without an argument', async () => {
    const { status, out } = await explain([]);
    expect(status).toBe(0);
    expect(out).toMatch(/^CODE +FAULT\n/);
    expect(out).toContain('DEVCA_FAULT_ALPN');
    expect(JSON.parse((await explain(['--json'])).out).faults.length).toBeGreaterThan(60);
  });

  it('knows every code of devca itself', async () => {
    for (const code of [...Object.keys(catalogue), ...Object.keys(problemCodes)]) {
      const { status, out } = await explain([code]);
      expect([code, status, out.startsWith('certain: ')]).toEqual([code, 0, true]);
    }
  });

  it('says what to do about a text that it does not know: DEVCA_EXPLAIN_UNKNOWN', async () => {
    const { status, out, error } = await explain(['it', 'is', 'broken']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(error).toContain('nothing in "it is broken" is the name of a TLS fault');
    expect(error).toContain('[DEVCA_EXPLAIN_UNKNOWN]');
    expect(error).toContain('run "devca explain - < FILE"');
  });
});
