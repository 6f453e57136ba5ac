import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { VerifyLab } from './lab.ts';

const lab = new VerifyLab();
const CHAIN = 'certs/api.test-fullchain.pem';
let chain = Buffer.alloc(0);

beforeAll(async () => {
  await lab.devca('init', '--no-trust');
  await lab.devca('issue', 'api.test', '--out', 'certs');
  chain = readFileSync(lab.path(CHAIN));
});

const mebibytes = (count: number): Buffer => Buffer.alloc(count * 1024 * 1024, chain);

describe('what cannot be verified', () => {
  it('has a code, a place and a hint, and the other targets are verified', async () => {
    lab.write('garbage.pem', Buffer.concat([Buffer.of(0x91, 0x00), randomBytes(2000)]));
    lab.write('empty.crt', '');
    lab.write('cut.der', Buffer.of(0x30, 0x82, 0x01, 0x00, 0x30));
    lab.write('cut.pem', chain.subarray(0, 700));
    const { status, targets } = await lab.report(
      'garbage.pem',
      'empty.crt',
      'cut.der',
      'cut.pem',
      'certs/api.test-key.pem',
      CHAIN,
    );
    expect(status).toBe(1);
    expect(targets.map(({ problems }) => problems[0]?.message ?? 'good')).toEqual([
      expect.stringMatching(/byte 0x00 is no text, and the beginning is no DER at byte 1$/),
      '"empty.crt" is empty',
      'the file is not valid DER: a length of 256 reaches beyond the end at byte 0',
      expect.stringMatching(/^"cut.pem" is not valid PEM: a CERTIFICATE does not end at line \d+$/),
      'there is no certificate in "certs/api.test-key.pem", only PRIVATE KEY',
      'good',
    ]);
    for (const { problems } of targets.slice(0, -1)) {
      expect(problems[0]?.code).toMatch(/^DEVCA_[A-Z0-9_]+$/);
      expect(problems[0]?.fix).not.toBe('');
    }
  });

  it('is 50 MiB of PEM, as a file and as input, at once', async () => {
    const large = mebibytes(50);
    lab.write('large.pem', large);
    const started = performance.now();
    expect((await lab.report('large.pem', CHAIN)).targets).toMatchObject([
      { problems: [{ code: 'DEVCA_FILE_TOO_LARGE' }] },
      { valid: true },
    ]);
    const { status, out } = await lab.devcaWithInput(large, 'verify', '-', '--json');
    expect({ status, out: JSON.parse(out) }).toMatchObject({
      status: 1,
      out: { targets: [{ problems: [{ code: 'DEVCA_FILE_TOO_LARGE' }] }] },
    });
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  it('is a chain of thousands of certificates', async () => {
    const count = Math.floor((7 * 1024 * 1024) / chain.length);
    lab.write('long.pem', Buffer.concat(Array.from({ length: count }, () => chain)));
    expect(await lab.target('long.pem')).toMatchObject({ status: 4, codes: ['DEVCA_CHAIN_TOO_LARGE'] });
  });
});

describe('folders', () => {
  it('of 5,000 files are verified file by file', async () => {
    mkdirSync(lab.path('many'));
    for (let i = 0; i < 5000; i++) writeFileSync(lab.path(`many/${i}.pem`), chain);
    const started = performance.now();
    const { status, targets } = await lab.report('many');
    expect({ status, count: targets.length }).toEqual({ status: 0, count: 5000 });
    expect(performance.now() - started).toBeLessThan(120_000);
  }, 90_000);

  it('that lead in a circle, or nowhere, are left', async () => {
    lab.write('loop/deep/chain.pem', chain);
    symlinkSync('..', lab.path('loop/deep/up'));
    symlinkSync('self', lab.path('loop/self'));
    symlinkSync('nowhere.pem', lab.path('loop/dangling.pem'));
    lab.write('loop/notes.txt', 'certificates');
    lab.write('loop/values.yaml', 'replicas: 2\n');
    lab.write('loop/bad.pem', 'nothing');
    const { status, targets } = await lab.report('loop');
    expect(status).toBe(1);
    expect(targets.map(({ target, valid }) => [target, valid])).toEqual([
      ['loop/deep/chain.pem', true],
      ['loop/bad.pem', false],
    ]);
  });

  it('without a certificate say so: DEVCA_TARGET_FOLDER_EMPTY', async () => {
    mkdirSync(lab.path('nothing'));
    expect(await lab.target('nothing')).toMatchObject({ status: 1, codes: ['DEVCA_TARGET_FOLDER_EMPTY'] });
  });
});
