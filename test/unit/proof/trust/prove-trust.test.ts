import { existsSync, readdirSync } from 'node:fs';
import { get } from 'node:https';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  createEphemeralAuthority,
  type EphemeralAuthority,
} from '../../../../src/authority/ephemeral-authority.ts';
import type { Exec, ExecOptions, ExecOutcome } from '../../../../src/platform/exec.ts';
import { Interruption } from '../../../../src/platform/interruption.ts';
import { type ClientSetting, proveTrust, requireClients } from '../../../../src/proof/trust/prove-trust.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { testWorld } from '../../../support/test-world.ts';

type Program = (args: readonly string[], options: ExecOptions) => Promise<Partial<ExecOutcome>>;

let authority: EphemeralAuthority;
beforeAll(async () => {
  authority = await createEphemeralAuthority();
});

/** A program that fetches as this runtime does, with these roots. */
const fetcher =
  (options: { ca?: string; rejectUnauthorized?: boolean }): Program =>
  (args) =>
    new Promise((resolve) => {
      get(args.at(-1) ?? '', { ...options, agent: false, family: 4 }, (response) => {
        let stdout = '';
        response.on('data', (chunk: Buffer) => {
          stdout += chunk.toString();
        });
        response.on('end', () => resolve({ status: 0, stdout }));
      }).on('error', ({ message }) => resolve({ status: 60, stderr: `curl: (60) ${message}` }));
    });

/** A program that is told to stop, or never is. */
const silent: Program = (_args, { signal }) =>
  new Promise((resolve) => {
    setTimeout(() => resolve({ status: null, timedOut: true }), 50);
    signal?.addEventListener('abort', () => resolve({ status: null }));
  });

async function prove(
  programs: Record<string, Program>,
  environment: Record<string, string> = {},
  settings: readonly ClientSetting[] = [],
) {
  const scratch = scratchFolder();
  const world = testWorld({ home: scratch, environment: { ...environment, TMPDIR: scratch } });
  const seen: ExecOptions[] = [];
  const exec = {
    find: (program: string) => (programs[program] === undefined ? undefined : '/bin/sh'),
    run: async (_program: string, args: readonly string[], options: ExecOptions = {}) => {
      seen.push(options);
      const done = { program: '', args, status: 0, signal: null, stdout: '', stderr: '', timedOut: false };
      return { ...done, ...(await Object.values(programs)[0]?.(args, options)) };
    },
  };
  const { fullchainPem, keyPem } = await authority.issue(['localhost']);
  const credentials = async () => ({ certPem: fullchainPem, keyPem });
  const request = {
    credentials,
    clients: Object.keys(programs),
    firefoxProfile: undefined,
    place: ' --home x',
    settings,
  };
  const [proof] = await proveTrust(request, { ...world, exec });
  expect(existsSync(scratch) && readdirSync(scratch)).toEqual([]);
  return { proof, seen };
}

describe('the proof of trust by clients', () => {
  it('says that a client accepts only where it refuses the certificate of a stranger', async () => {
    const { proof, seen } = await prove({ curl: fetcher({ ca: authority.rootPem }) });
    expect(proof).toMatchObject({ id: 'curl', status: 'accepted', decides: 'the system store', fix: '' });
    expect(seen).toHaveLength(2);
  });

  it('tells a client that verifies nothing from one that trusts', async () => {
    const { proof } = await prove({ curl: fetcher({ rejectUnauthorized: false }) });
    expect(proof).toMatchObject({ status: 'not-verifying', fix: expect.stringContaining('.curlrc') });
  });

  it('gives the words of a client that refuses, their meaning, and what mends it', async () => {
    const { proof } = await prove({ curl: fetcher({}) });
    expect(proof).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('unable to'),
      fault: { code: 'DEVCA_FAULT_UNKNOWN_CA' },
      fix: 'devca trust install --home x --store system',
    });
  });

  it('passes on the variables that decide, and no others that lead elsewhere', async () => {
    const environment = {
      CURL_CA_BUNDLE: '/some/roots.pem',
      HTTPS_PROXY: 'http://proxy.example',
      DEVCA_HOME: '/x',
    };
    const { proof, seen } = await prove({ curl: fetcher({}) }, environment);
    expect(proof).toMatchObject({
      decides: 'CURL_CA_BUNDLE="/some/roots.pem"',
      fix: 'eval "$(devca env --home x)"',
    });
    expect(Object.keys(seen[0]?.environment ?? {})).toEqual(expect.arrayContaining(['CURL_CA_BUNDLE']));
    expect(Object.keys(seen[0]?.environment ?? {}).join()).not.toMatch(/PROXY|DEVCA/);
  });

  it('names the settings of a client that stand above its store', async () => {
    const settings = [
      { client: 'wget', text: 'of another', isOff: false, fix: 'no' },
      { client: 'curl', text: 'cacert in "/home/ada/.curlrc"', isOff: false, fix: 'mend it' },
      { client: 'curl', text: 'insecure in "/home/ada/.curlrc"', isOff: true, fix: 'take it out' },
    ];
    expect((await prove({ curl: fetcher({}) }, {}, settings)).proof).toMatchObject({
      status: 'refused',
      decides: 'cacert in "/home/ada/.curlrc"',
      fix: 'mend it',
    });
    const off = await prove({ curl: fetcher({ rejectUnauthorized: false }) }, {}, settings);
    expect(off.proof).toMatchObject({
      status: 'not-verifying',
      decides: 'insecure in "/home/ada/.curlrc"',
      fix: 'take it out',
    });
  });

  it('tells the version that a client gives', async () => {
    const versioned: Program = async () => ({ stdout: 'devca-version: v22.1.0\n', status: 1 });
    expect((await prove({ node: versioned })).proof).toMatchObject({ name: 'Node', version: '22.1.0' });
  });

  it('tells silence, absence, and a program that never gets as far', async () => {
    expect((await prove({ curl: silent })).proof).toMatchObject({ status: 'timed-out' });
    const failing: Program = async () => ({ status: 127, stderr: 'curl: not for this machine' });
    expect((await prove({ curl: failing })).proof).toMatchObject({
      status: 'failed',
      detail: 'curl: not for this machine',
    });
    const without: Program = async () => ({ status: 1, stderr: 'devca-missing: requests' });
    expect((await prove({ curl: without })).proof).toMatchObject({ status: 'not-installed', program: null });
  });

  it('ends a browser as soon as the server knows what it thinks', async () => {
    const browser: Program = (args, options) => {
      void fetcher({})(args, options);
      return new Promise((resolve) => {
        options.signal?.addEventListener('abort', () => resolve({ status: null, signal: 'SIGKILL' }));
      });
    };
    const started = performance.now();
    const accepting: Program = (args, options) => {
      void fetcher({ ca: authority.rootPem })(args, options);
      return browser(args, options);
    };
    // The control is refused without an alert by this runtime, and so only its time limit would end it.
    const first: Program = (() => {
      let count = 0;
      const run: Program = (args, options) =>
        count++ === 0 ? accepting(args, options) : Promise.resolve({ status: 1 });
      return run;
    })();
    expect((await prove({ firefox: first })).proof).toMatchObject({ status: 'accepted' });
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('is given up at a signal, with nothing left behind', async () => {
    const stopping: Program = (_args, { signal }) =>
      new Promise((resolve) => {
        const end = () => resolve({ status: null, signal: 'SIGKILL' });
        if (signal?.aborted === true) end();
        signal?.addEventListener('abort', end);
        // The signal itself would reach the test runner too.
        const own = process.listeners('SIGTERM').find((listener) => !before.includes(listener));
        own?.('SIGTERM');
      });
    const before = process.listeners('SIGTERM');
    const scratch = scratchFolder();
    const world = testWorld({ home: scratch, environment: { TMPDIR: scratch } });
    const seen: string[] = [];
    const run: Exec['run'] = async (program, args, options = {}) => {
      seen.push(program);
      const done = { program, args, status: 0, signal: null, stdout: '', stderr: '', timedOut: false };
      return { ...done, ...(await stopping(args, options)) };
    };
    const { fullchainPem, keyPem } = await authority.issue(['localhost']);
    const credentials = async () => ({ certPem: fullchainPem, keyPem });
    const request = {
      credentials,
      clients: ['curl', 'go', 'java', 'node'],
      firefoxProfile: undefined,
      place: '',
    };
    const exec = { find: (program: string) => (program.startsWith('/') ? undefined : '/bin/sh'), run };
    await expect(proveTrust(request, { ...world, exec })).rejects.toBeInstanceOf(Interruption);
    expect(readdirSync(scratch)).toEqual([]);
    expect(seen.length).toBeLessThan(4);
    expect(process.listeners('SIGTERM')).toEqual(before);
  });

  it('needs no certificate where no client is installed', async () => {
    const request = { clients: ['curl'], firefoxProfile: undefined, place: '' };
    const credentials = () => Promise.reject(new Error('one was asked for'));
    const world = testWorld({ home: scratchFolder() });
    const exec = { ...world.exec, find: () => undefined };
    expect(await proveTrust({ ...request, credentials }, { ...world, exec })).toEqual([
      expect.objectContaining({ id: 'curl', status: 'not-installed', program: null }),
    ]);
  });

  it('refuses a client that it does not know: DEVCA_PROOF_CLIENT_UNKNOWN', () => {
    expect(() => requireClients(['curl', 'netscape'])).toThrow(
      expect.objectContaining({ code: 'DEVCA_PROOF_CLIENT_UNKNOWN', exitStatus: 2 }),
    );
  });
});
