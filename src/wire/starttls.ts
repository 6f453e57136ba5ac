import type { Socket } from 'node:net';
import { DevcaError } from '../errors/devca-error.ts';
import { Dialogue, DialogueFailure } from './dialogue.ts';

/** How a protocol goes over to TLS on a connection that began in plain text. */
interface Upgrade {
  readonly port: number;
  readonly begin: (dialogue: Dialogue, host: string) => Promise<void>;
}

const UPGRADES = {
  smtp: {
    port: 587,
    begin: async (dialogue) => {
      expect(await dialogue.until(REPLY), /^220/);
      dialogue.send('EHLO devca.invalid\r\n');
      const capabilities = await dialogue.until(REPLY);
      expect(capabilities, /^250/);
      if (!/^250[ -]STARTTLS\b/im.test(capabilities))
        throw new DialogueFailure('the server does not offer STARTTLS');
      dialogue.send('STARTTLS\r\n');
      expect(await dialogue.until(REPLY), /^220/);
    },
  },
  imap: {
    port: 143,
    begin: async (dialogue) => {
      expect(await dialogue.until(/\r?\n/), /^\* (OK|PREAUTH)/i);
      dialogue.send('d1 STARTTLS\r\n');
      expect(await dialogue.until(/^d1 [^\n]*\n/m), /^d1 OK/im);
    },
  },
  pop3: {
    port: 110,
    begin: async (dialogue) => {
      expect(await dialogue.until(/\r?\n/), /^\+OK/);
      dialogue.send('STLS\r\n');
      expect(await dialogue.until(/\r?\n/), /^\+OK/);
    },
  },
  ftp: {
    port: 21,
    begin: async (dialogue) => {
      expect(await dialogue.until(REPLY), /^220/);
      dialogue.send('AUTH TLS\r\n');
      expect(await dialogue.until(REPLY), /^234/);
    },
  },
  ldap: {
    port: 389,
    begin: async (dialogue) => {
      // RFC 4511 section 4.14: an ExtendedRequest with the name 1.3.6.1.4.1.1466.20037.
      const name = Buffer.from('1.3.6.1.4.1.1466.20037');
      dialogue.send(
        Buffer.concat([
          Buffer.from([0x30, name.length + 7, 2, 1, 1, 0x77, name.length + 2, 0x80, name.length]),
          name,
        ]),
      );
      const [tag, length = 0] = await dialogue.bytes(2);
      const longForm = length & 0x80 ? length & 0x7f : 0;
      const size =
        longForm === 0
          ? length
          : (await dialogue.bytes(Math.min(longForm, 4))).readUIntBE(0, Math.min(longForm, 4));
      if (tag !== 0x30 || size > 16_384) throw new DialogueFailure('the answer is not LDAP');
      const answer = await dialogue.bytes(size);
      // messageID, then [APPLICATION 24] with resultCode as its first element.
      const response = answer.indexOf(Buffer.from([0x0a, 0x01]));
      const code = answer[response + 2];
      if (response < 0 || code !== 0)
        throw new DialogueFailure(`the server answered with result code ${code ?? 'none'}`);
    },
  },
  postgres: {
    port: 5432,
    begin: async (dialogue) => {
      // SSLRequest: length 8 and the code 80877103.
      dialogue.send(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
      const answer = (await dialogue.bytes(1)).toString('latin1');
      if (answer === 'N') throw new DialogueFailure('the server has TLS switched off (ssl = off)');
      if (answer !== 'S') throw new DialogueFailure(`the server answered "${answer}" to the SSL request`);
    },
  },
  mysql: {
    port: 3306,
    begin: async (dialogue) => {
      const header = await dialogue.bytes(4);
      const greeting = await dialogue.bytes(header.readUIntLE(0, 3) & 0xffff);
      if (greeting[0] === 0xff)
        throw new DialogueFailure(greeting.subarray(3).toString('latin1').slice(0, 100));
      const versionEnd = greeting.indexOf(0, 1);
      // thread id (4), authentication data (8), filler (1), then the low half of the capabilities.
      const at = versionEnd + 1 + 4 + 8 + 1;
      if (greeting[0] !== 10 || versionEnd < 0 || greeting.length < at + 2)
        throw new DialogueFailure('the greeting is not one of MySQL');
      if ((greeting.readUInt16LE(at) & MYSQL_SSL) === 0)
        throw new DialogueFailure('the server does not offer TLS');
      const request = Buffer.alloc(36);
      request.writeUIntLE(32, 0, 3);
      request[3] = 1;
      request.writeUInt32LE(MYSQL_SSL | MYSQL_PROTOCOL_41 | MYSQL_SECURE_CONNECTION, 4);
      request.writeUInt32LE(16_777_216, 8);
      request[12] = 45;
      dialogue.send(request);
    },
  },
  xmpp: {
    port: 5222,
    begin: async (dialogue, host) => {
      dialogue.send(
        `<?xml version='1.0'?><stream:stream to='${host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`,
      );
      const features = await dialogue.until(/<\/stream:features>|<\/features>|<\/stream:stream>/);
      if (!features.includes('urn:ietf:params:xml:ns:xmpp-tls'))
        throw new DialogueFailure('the server does not offer STARTTLS');
      dialogue.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
      const answer = await dialogue.until(/<(proceed|failure)[^>]*>/);
      if (!answer.includes('<proceed')) throw new DialogueFailure('the server refused STARTTLS');
    },
  },
} as const satisfies Record<string, Upgrade>;

export type StartTlsProtocol = keyof typeof UPGRADES;

export const STARTTLS_PROTOCOLS = Object.keys(UPGRADES) as readonly StartTlsProtocol[];

export const startTlsPort = (protocol: StartTlsProtocol): number => UPGRADES[protocol].port;

/** Brings a fresh connection to the point where TLS begins. Throws DEVCA_WIRE_STARTTLS_FAILED. */
export async function beginTls(
  socket: Socket,
  protocol: StartTlsProtocol,
  where: { readonly host: string; readonly address: string; readonly timeoutMs: number },
): Promise<void> {
  const dialogue = new Dialogue(socket, where.timeoutMs);
  try {
    await UPGRADES[protocol].begin(dialogue, where.host);
    dialogue.finish();
  } catch (error) {
    if (!(error instanceof DialogueFailure)) throw error;
    const detail = error.message;
    throw new DevcaError('DEVCA_WIRE_STARTTLS_FAILED', { protocol, address: where.address, detail });
  }
}

/** A whole reply of SMTP or FTP: lines with `-` behind the number go on. */
const REPLY = /^(?:\d{3}-[^\n]*\n|[^\d\n][^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/;

const MYSQL_SSL = 0x0800;
const MYSQL_PROTOCOL_41 = 0x0200;
const MYSQL_SECURE_CONNECTION = 0x8000;

function expect(answer: string, pattern: RegExp): void {
  if (!pattern.test(answer))
    throw new DialogueFailure(`the server answered "${answer.trim().slice(0, 120)}"`);
}
