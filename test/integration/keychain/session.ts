import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shellWord } from '../../../src/errors/shell-word.ts';
import { type DevcaOutcome, PROJECT } from '../../support/devca.ts';
import { cleanEnvironment } from '../../support/tools.ts';

export const DEVCA = [process.execPath, resolve(PROJECT, 'bin/devca.js')];

export interface Session {
  /** The password that unlocks the keyring; without one it stays locked, or is not even made. */
  readonly unlock?: string;
  /** The bus starts this program when somebody asks for the keychain. */
  readonly service?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface SessionOutcome extends DevcaOutcome {
  readonly ms: number;
}

/** Runs a program in a desktop session of its own, with a bus and GNOME's keyring, whose files are in `home`. */
export function inSession(home: string, session: Session, ...program: readonly string[]): SessionOutcome {
  const { unlock, service, environment = {} } = session;
  const keyring =
    unlock === undefined
      ? ''
      : `printf %s ${shellWord(unlock)} | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n`;
  const script = join(home, 'session.sh');
  writeFileSync(script, `${keyring}exec ${program.map(shellWord).join(' ')}\n`);
  const bus = service === undefined ? [] : [`--config-file=${busWith(service, home)}`];
  const started = performance.now();
  const outcome = spawnSync('dbus-run-session', [...bus, '--', 'sh', script], {
    cwd: home,
    env: { ...cleanEnvironment(home), ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { ...outcome, ms: performance.now() - started };
}

/** Does something to the keychain behind devca's back. */
export function tamper(home: string, session: Session, code: string): SessionOutcome {
  const program = `const keychain = require(${JSON.stringify(resolve(PROJECT, 'node_modules/keytar'))});
    const entry = process.argv[1];
    (async () => { ${code} })().catch((error) => { console.error(error.message); process.exit(1); });`;
  return inSession(home, session, process.execPath, '-e', program);
}

/** The configuration of a bus that has this program for a keychain. */
function busWith(service: string, home: string): string {
  const services = join(home, 'services');
  mkdirSync(services, { recursive: true });
  writeFileSync(
    join(services, 'org.freedesktop.secrets.service'),
    `[D-BUS Service]\nName=org.freedesktop.secrets\nExec=${service}\n`,
  );
  const config = join(home, 'bus.conf');
  writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <servicedir>${services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  );
  chmodSync(config, 0o644);
  return config;
}
