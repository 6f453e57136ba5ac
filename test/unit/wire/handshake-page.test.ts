import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeTranscript } from '../../../src/wire/describe-handshake.ts';
import { renderHandshakePage } from '../../../src/wire/handshake-page.ts';
import type { HandshakeReport } from '../../../src/wire/handshake-report.ts';
import { readRecording } from '../../../src/wire/recording.ts';
import { finding } from '../../../src/wire/tables/finding-table.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { loopbackHandshake } from './loopback.ts';

const file = (name: string): string =>
  readFileSync(new URL(`../../../templates/page/${name}`, import.meta.url), 'utf8');
const template = { html: file('handshake.html'), style: file('handshake.css') };

const evil = '<img src=x onerror=alert(1)>"\'{{style}}';
const { root } = makeAuthority('page');
const identity = makeCertificate({ commonName: evil, names: ['localhost'], issuer: root });

async function report(): Promise<HandshakeReport> {
  const { client } = await loopbackHandshake({
    server: {
      cert: identity.pem,
      key: identity.keyPem,
      requestCert: true,
      rejectUnauthorized: false,
      ca: root.pem,
    },
  });
  const described = describeTranscript(readRecording(client), client, {
    at: new Date(),
    clientChain: [identity.der],
  });
  return {
    ...described,
    target: evil,
    address: '127.0.0.1:443',
    startedAt: '2026-11-24T08:00:00.000Z',
    established: true,
    phases: { dns: 100, tcp: 200, prelude: null, hello: 300, authentication: 400, finished: 500 },
    verification: {
      valid: false,
      acceptedBy: [],
      problems: [{ code: 'DEVCA_PATH_EXPIRED', message: evil, fix: evil }],
      runtime: { authorized: false, code: evil, message: evil },
    },
    findings: [finding('DEVCA_WIRE_CLOSED', { address: evil, after: evil })],
  };
}

describe('the page of a handshake', () => {
  it('escapes whatever came from outside', async () => {
    const page = renderHandshakePage(await report(), template);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;{{style}}');
  });

  it('loads nothing and runs nothing', async () => {
    const page = renderHandshakePage(await report(), template);
    expect(page).not.toMatch(/<script|<link|<iframe|\son\w+="|url\(|@import|https?:\/\//i);
    expect(page).toContain("default-src 'none'");
  });

  it('shows every message, to open, with its fields', async () => {
    const one = await report();
    const page = renderHandshakePage(one, template);
    expect(page.match(/<details class="message">/g)).toHaveLength(one.messages.length);
    for (const { type } of one.messages) expect(page).toContain(type);
    expect(page).toContain('TLS_AES_256_GCM_SHA384');
    for (const title of [
      'Where the time went',
      'Messages',
      'Chain as served',
      'Verification',
      'Client certificate',
      'Findings',
    ])
      expect(page).toContain(`<h2>${title}</h2>`);
  });

  it('names the fault', async () => {
    const page = renderHandshakePage(await report(), template);
    expect(page).toContain(
      'closed the connection during the handshake without saying why <code>DEVCA_FAULT_CLOSED_IN_HANDSHAKE</code>; likely: ',
    );
  });

  it('shows both ends where both were seen', async () => {
    const one = await report();
    const timeline = one.messages.map((message) => ({
      ...message,
      sentAt: message.at,
      receivedAt: message.at + 10,
    }));
    expect(renderHandshakePage(one, template, timeline)).toContain('<h2>Both ends on one clock</h2>');
  });
});
