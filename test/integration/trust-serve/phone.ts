import { spawn } from 'node:child_process';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment } from '../../support/tools.ts';

export interface Phone {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  readonly userAgent: string;
}

export interface Seen {
  /** What each expression comes to on the page. */
  readonly values: readonly unknown[];
  /** What the browser complains of. */
  readonly complaints: readonly string[];
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly result?: { readonly result?: { readonly value?: unknown } };
  readonly params?: { readonly entry?: { readonly text: string } };
}

/** Opens a page in Chromium as a phone would, by the browser's own protocol, and looks at it. */
export async function lookAs(phone: Phone, url: string, expressions: readonly string[]): Promise<Seen> {
  const home = scratchFolder();
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const browser = spawn('chromium', [...flags, `--user-data-dir=${home}/profile`, 'about:blank'], {
    env: cleanEnvironment(home),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = new Promise((resolve) => browser.once('close', resolve));
  try {
    const address = await new Promise<string>((resolve) => {
      let said = '';
      browser.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const found = /ws:\/\/([^/\s]+)\//.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    const listed = await (await fetch(`http://${address}/json`)).json();
    const targets = listed as readonly { type: string; webSocketDebuggerUrl: string }[];
    const page = targets.find(({ type }) => type === 'page');
    return await look(page?.webSocketDebuggerUrl ?? '', phone, url, expressions);
  } finally {
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    await ended;
  }
}

async function look(
  socketUrl: string,
  phone: Phone,
  url: string,
  expressions: readonly string[],
): Promise<Seen> {
  const socket = new WebSocket(socketUrl);
  const waiting = new Map<number, (answer: Answer) => void>();
  const complaints: string[] = [];
  let onLoad: () => void = () => undefined;
  const loaded = new Promise<void>((resolve) => {
    onLoad = resolve;
  });
  socket.addEventListener('message', ({ data }) => {
    const answer: Answer = JSON.parse(String(data));
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    if (answer.method === 'Log.entryAdded') complaints.push(answer.params?.entry?.text ?? '');
    if (answer.method === 'Page.loadEventFired') onLoad();
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  let count = 0;
  const send = (method: string, params: object = {}): Promise<Answer> => {
    const id = ++count;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  await send('Page.enable');
  await send('Log.enable');
  const { width, scheme, userAgent } = phone;
  await send('Emulation.setDeviceMetricsOverride', {
    width,
    height: 800,
    deviceScaleFactor: 2,
    mobile: true,
  });
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await send('Emulation.setUserAgentOverride', { userAgent });
  await send('Page.navigate', { url });
  await loaded;
  const values: unknown[] = [];
  for (const expression of expressions) {
    const { result } = await send('Runtime.evaluate', { expression, returnByValue: true });
    values.push(result?.result?.value);
  }
  socket.close();
  return { values, complaints };
}
