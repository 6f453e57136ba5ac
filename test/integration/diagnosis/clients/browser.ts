import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../scenario.ts';
import { type Outputs, runClient } from './command-line.ts';

/** Chromium without a window, told by its DevTools protocol to open each address. */
export async function runChromium(cases: readonly Case[], scratch: string, tool: string): Promise<Outputs> {
  const home = mkdtempSync(join(scratch, 'chromium-'));
  const store = join(home, '.local/share/pki/nssdb');
  mkdirSync(store, { recursive: true });
  await trustInNss(store, cases[0]?.trust ?? '');
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--remote-debugging-port=0'];
  const browser = await startBrowser(tool, [...args, `--user-data-dir=${home}/profile`, 'about:blank'], home);
  const outputs = new Map<string, string>();
  try {
    // All at once: it waits three seconds for a captive portal before it shows an error.
    const open = async (one: Case): Promise<void> => {
      const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
      const answer = await browser.call('Page.navigate', { url: urlOf(one) }, { sessionId });
      if (typeof answer['errorText'] === 'string') outputs.set(one.id, answer['errorText']);
    };
    await Promise.all(openable(cases).map(open));
  } finally {
    browser.close();
  }
  return outputs;
}

/** Firefox without a window, told by WebDriver BiDi to open each address; the error page names the error. */
export async function runFirefox(cases: readonly Case[], scratch: string, tool: string): Promise<Outputs> {
  const home = mkdtempSync(join(scratch, 'firefox-'));
  const profile = join(home, 'profile');
  mkdirSync(profile);
  writeFileSync(join(profile, 'user.js'), FIREFOX_SETTINGS);
  await trustInNss(profile, cases[0]?.trust ?? '');
  const args = [
    '--headless',
    '--remote-debugging-port=0',
    '--profile',
    profile,
    '--no-remote',
    'about:blank',
  ];
  const browser = await startBrowser(tool, args, home, '/session');
  const outputs = new Map<string, string>();
  try {
    await browser.call('session.new', { capabilities: {} });
    const { context } = await browser.call('browsingContext.create', { type: 'tab' });
    for (const one of openable(cases)) {
      const step = { context, url: urlOf(one), wait: 'complete' };
      const refusal = await browser.call('browsingContext.navigate', step).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (refusal !== undefined) outputs.set(one.id, refusal);
    }
  } finally {
    browser.close();
  }
  return outputs;
}

const FIREFOX_SETTINGS = [
  ['network.http.connection-timeout', 3],
  ['network.captive-portal-service.enabled', false],
  ['network.connectivity-service.enabled', false],
  ['security.OCSP.enabled', 0],
]
  .map(([name, value]) => `user_pref("${name}", ${value});\n`)
  .join('');

const urlOf = (one: Case): string => `${one.scheme}://${one.host}:${one.port}/`;

/** A page cannot be given a client certificate, a CRL or a version, and a browser waits long for a silent server. */
const openable = (cases: readonly Case[]): Case[] =>
  cases.filter(
    (one) => one.cert === undefined && one.crl === undefined && one.maxTls12 !== true && one.id !== 'timeout',
  );

type Fields = Record<string, unknown>;

interface Browser {
  readonly call: (method: string, params: object, more?: object) => Promise<Fields>;
  readonly close: () => void;
}

async function trustInNss(folder: string, root: string): Promise<void> {
  const store = `sql:${folder}`;
  await runClient('certutil', ['-N', '-d', store, '--empty-password']);
  await runClient('certutil', ['-A', '-d', store, '-t', 'C,,', '-n', 'fault test root', '-i', root]);
  readFileSync(join(folder, 'cert9.db'));
}

function startBrowser(tool: string, args: readonly string[], home: string, path = ''): Promise<Browser> {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C', XDG_RUNTIME_DIR: home };
  const child = spawn(tool, args, { env: environment, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const close = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /(?:DevTools|WebDriver BiDi) listening on (ws:\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      child.stderr.removeAllListeners('data');
      child.stderr.resume();
      connect(`${address}${path}`).then((call) => resolve({ call, close }), reject);
    });
    child.on('exit', () => reject(new Error(`${tool} ended: ${said}`)));
  });
}

function connect(address: string): Promise<Browser['call']> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, { resolve: (fields: Fields) => void; reject: (error: Error) => void }>();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Fields;
    const call = waiting.get(Number(message['id']));
    const error = message['error'];
    if (error === undefined) call?.resolve((message['result'] ?? {}) as Fields);
    else call?.reject(new Error(String(message['message'] ?? JSON.stringify(error))));
  };
  const call: Browser['call'] = (method, params, more = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params, ...more }));
    });
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(call);
    socket.onerror = () => reject(new Error(`no connection to ${address}`));
  });
}
