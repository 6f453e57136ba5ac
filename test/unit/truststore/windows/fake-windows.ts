import { hash } from 'node:crypto';
import { sha256Hex } from '../../../../src/pki/fingerprint.ts';
import { decodePem } from '../../../../src/pki/pem.ts';
import type { ExecOutcome } from '../../../../src/platform/exec.ts';
import type { FakeMachine } from '../fake-machine.ts';

export interface FakeWindows {
  /** What the registry has, of this user and of the computer. */
  readonly user: Uint8Array[];
  readonly machine: Uint8Array[];
  /** SHA-256 of what is distrusted all the same. */
  readonly distrusted: Set<string>;
  language: 'en' | 'de';
  answer: 'yes' | 'cancel' | 'silence' | 'denied';
  elevated: boolean;
  hangs: boolean;
  /** How certutil ends when somebody says no. */
  cancelStatus: number;
}

const WORDS = {
  en: {
    user: 'Root "Trusted Root Certification Authorities"',
    done: (verb: string) => `CertUtil: ${verb} command completed successfully.`,
    failed: 'CertUtil: -addstore command FAILED: 0x800704c7 (WIN32: 1223 ERROR_CANCELLED)',
    untrusted: 'Verifies against UNTRUSTED root',
    ca: 'Cert is a CA certificate',
    noKey: 'ERROR: The system was unable to find the specified registry key or value.',
  },
  de: {
    user: 'Root "Vertrauenswürdige Stammzertifizierungsstellen"',
    done: (verb: string) => `CertUtil: ${verb}-Befehl wurde erfolgreich ausgeführt.`,
    failed: 'CertUtil: -addstore-Befehl ist fehlgeschlagen: 0x800704c7 (WIN32: 1223 ERROR_CANCELLED)',
    untrusted: 'Wird anhand eines NICHT VERTRAUENSWÜRDIGEN Stamms überprüft',
    ca: 'Zertifikat ist ein Zertifizierungsstellenzertifikat',
    noKey: 'FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.',
  },
} as const;

/** As certutil.exe, reg.exe and whoami.exe behave on Windows 10 and 11. `pathOf` undoes what Windows calls a file. */
export function installWindows(
  machine: FakeMachine,
  pathOf: (path: string) => string = (path) => path,
): FakeWindows {
  const windows: FakeWindows = {
    user: [],
    machine: [],
    distrusted: new Set(),
    language: 'en',
    answer: 'yes',
    elevated: false,
    hangs: false,
    cancelStatus: 0x800704c7,
  };
  const certificateAt = (path: string): Uint8Array =>
    decodePem(machine.read(pathOf(path)) ?? '', path)[0]?.der ?? new Uint8Array();
  machine.programs.set('certutil.exe', (args) => runCertutil(args, windows, certificateAt));
  machine.programs.set('reg.exe', (args) => runReg(args, windows));
  machine.programs.set('whoami.exe', () => ({ stdout: groups(windows.elevated) }));
  return windows;
}

const HANGING = { status: null, signal: 'SIGKILL', timedOut: true } as const;

function runReg(args: readonly string[], windows: FakeWindows): Partial<ExecOutcome> {
  if (windows.hangs) return HANGING;
  const [, key = ''] = args;
  const certificates = key.startsWith('HKCU') ? windows.user : windows.machine;
  if (certificates.length === 0) return { status: 1, stderr: `${WORDS[windows.language].noKey}\r\n` };
  const long = key.replace('HKCU', 'HKEY_CURRENT_USER').replace('HKLM', 'HKEY_LOCAL_MACHINE');
  const entries = certificates.map((der) => {
    const path = `${long}\\${hash('sha1', der).toUpperCase()}`;
    return `\r\n${path}\r\n    Blob    REG_BINARY    ${blobOf(der).toString('hex').toUpperCase()}\r\n`;
  });
  return { stdout: `${entries.join('')}\r\n` };
}

/** A thumbprint (property 3) and a friendly name (11) stand before the certificate (32). */
function blobOf(der: Uint8Array): Buffer {
  const property = (id: number, value: Uint8Array): Buffer => {
    const header = Buffer.alloc(12);
    header.writeUInt32LE(id, 0);
    header.writeUInt32LE(1, 4);
    header.writeUInt32LE(value.length, 8);
    return Buffer.concat([header, value]);
  };
  return Buffer.concat([
    property(3, Buffer.from(hash('sha1', der), 'hex')),
    property(11, Buffer.from('devca\0', 'utf16le')),
    property(32, der),
  ]);
}

function runCertutil(
  args: readonly string[],
  windows: FakeWindows,
  certificateAt: (path: string) => Uint8Array,
): Partial<ExecOutcome> {
  if (windows.hangs) return HANGING;
  const isUser = args.includes('-user');
  const store = isUser ? windows.user : windows.machine;
  const words = WORDS[windows.language];
  const last = args.at(-1) ?? '';
  const failure = isUser || windows.answer === 'denied' ? failureOf(windows) : undefined;
  if (args.includes('-verify')) {
    const sha256 = sha256Hex(certificateAt(last));
    const known = [...windows.machine, ...(isUser ? windows.user : [])].some(
      (der) => sha256Hex(der) === sha256,
    );
    return { stdout: verification(sha256, known, isUser, windows) };
  }
  if (args.includes('-addstore')) {
    if (failure !== undefined) return failure;
    store.push(certificateAt(last));
    return { stdout: `${words.user}\r\n${words.done('-addstore')}\r\n` };
  }
  if (args.includes('-delstore')) {
    if (failure !== undefined) return failure;
    const index = store.findIndex((der) => hash('sha1', der) === last);
    if (index < 0) return { status: 0x80092004 };
    store.splice(index, 1);
    return { stdout: `${words.user}\r\n${words.done('-delstore')}\r\n` };
  }
  return { status: 0x80070057 };
}

function verification(sha256: string, known: boolean, isUser: boolean, windows: FakeWindows): string {
  const words = WORDS[windows.language];
  const distrusted = windows.distrusted.has(sha256);
  const errors = distrusted
    ? ['CERT_TRUST_IS_EXPLICIT_DISTRUST (0x4000000)']
    : known
      ? ['CERT_TRUST_REVOCATION_STATUS_UNKNOWN (0x40)']
      : ['CERT_TRUST_IS_UNTRUSTED_ROOT (0x20)'];
  return [
    '-------- CERT_CHAIN_CONTEXT --------',
    `HCCE_${isUser ? 'CURRENT_USER' : 'LOCAL_MACHINE'}`,
    'ChainContext.dwInfoStatus = CERT_TRUST_HAS_PREFERRED_ISSUER (0x100)',
    ...errors.map((error) => `ChainContext.dwErrorStatus = ${error}`),
    'Element.dwInfoStatus = CERT_TRUST_IS_SELF_SIGNED (0x8)',
    ...(known || distrusted ? [] : [words.untrusted]),
    words.ca,
    words.done('-verify'),
    '',
  ].join('\r\n');
}

function failureOf({ answer, language, cancelStatus }: FakeWindows): Partial<ExecOutcome> | undefined {
  switch (answer) {
    case 'yes':
      return undefined;
    case 'cancel':
      return { status: cancelStatus, stdout: `${WORDS[language].failed}\r\n` };
    case 'denied':
      return { status: 0x80070005, stdout: 'CertUtil: 0x80070005 (WIN32: 5 ERROR_ACCESS_DENIED)\r\n' };
    case 'silence':
      return HANGING;
  }
}

const groups = (elevated: boolean): string =>
  [
    'VORDEFINIERT\\Administratoren    Alias    S-1-5-32-544',
    elevated
      ? 'Verbindliche Beschriftung\\Hohe Verbindlichkeitsstufe    S-1-16-12288'
      : 'Mandatory Label\\Medium Mandatory Level    Label    S-1-16-8192',
  ].join('\r\n');
