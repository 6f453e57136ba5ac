import { createECDH } from 'node:crypto';
import { encodeClientHello, type HelloOffer } from './client-hello-builder.ts';
import { type ConnectionOptions, openConnection } from './connection.ts';
import { Conversation } from './conversation.ts';
import type { ServerHello, ServerKeyExchange } from './handshake-message.ts';
import { GrowingKeyLog } from './key-log.ts';
import type { Target } from './target.ts';
import { firstEntry, firstMessage } from './transcript.ts';

/** How a server answered one client_hello. */
export interface ProbeAnswer {
  /** A server_hello or a hello_retry_request: the server accepts. */
  readonly hello: ServerHello | undefined;
  readonly exchange: ServerKeyExchange | undefined;
  readonly alert: string | undefined;
  /** Nothing came within the time limit. */
  readonly stalled: boolean;
}

/** Sends a client_hello of our own and reads the answer as far as it is in the clear. Nothing is completed. */
export async function probe(
  target: Target,
  offer: HelloOffer,
  options: ConnectionOptions,
): Promise<ProbeAnswer> {
  const { socket } = await openConnection(target, options);
  const conversation = new Conversation(new GrowingKeyLog());
  const hello = encodeClientHello(offer);
  conversation.push({ at: 0, from: 'client', bytes: hello });
  return new Promise((resolve) => {
    const finish = (stalled: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      const transcript = conversation.transcript();
      const alert = firstEntry(transcript, 'alert', 'server')?.content;
      resolve({
        hello: firstMessage(transcript, 'server_hello') ?? firstMessage(transcript, 'hello_retry_request'),
        exchange: firstMessage(transcript, 'server_key_exchange'),
        alert: alert?.type === 'alert' ? alert.description.name : undefined,
        stalled,
      });
    };
    const timer = setTimeout(() => finish(true), options.timeoutMs);
    socket.on('data', (bytes: Buffer) => {
      conversation.push({ at: 0, from: 'server', bytes });
      if (isAnswered(conversation)) finish(false);
    });
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
    socket.resume();
    socket.write(hello);
  });
}

/** Before TLS 1.3 the key exchange is in the clear too and worth waiting for. */
function isAnswered(conversation: Conversation): boolean {
  const transcript = conversation.transcript();
  if (firstEntry(transcript, 'alert', 'server') !== undefined) return true;
  if (firstEntry(transcript, 'server_hello_done') !== undefined) return true;
  if (firstEntry(transcript, 'hello_retry_request') !== undefined) return true;
  const hello = firstMessage(transcript, 'server_hello');
  return transcript.server.foreign !== undefined || (hello !== undefined && hello.version.code >= 0x0304);
}

/** Key shares that every server can answer: any 32 bytes are a key of x25519. */
export function probeKeyShares(random: Uint8Array): { readonly group: number; readonly key: Uint8Array }[] {
  return [
    { group: 0x001d, key: random },
    { group: 0x0017, key: createECDH('prime256v1').generateKeys() },
  ];
}
