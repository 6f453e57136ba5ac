import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  createAuthority,
  createEphemeralAuthority,
  DevcaError,
  explain,
  inspectHandshake,
  openAuthority,
  selfTest,
  verifyChain,
} from '../../src/index.ts';
import { inventoryPath, openInventory } from '../../src/inventory/database.ts';
import type { World } from '../../src/platform/world.ts';
import { scratchFolder } from '../support/scratch.ts';
import { testWorld } from '../support/test-world.ts';

describe('the library', () => {
  it('serves, inspects, proves and verifies with an authority in memory', async () => {
    const authority = await createEphemeralAuthority();
    const issued = await authority.issue(['localhost', '127.0.0.1']);
    const server = createServer(issued.tlsOptions(), (_request, response) => response.end('hello'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const report = await inspectHandshake(`127.0.0.1:${port}`);
    server.close();
    expect(report).toMatchObject({ established: true, protocol: 'TLSv1.3' });

    const result = await verifyChain({
      endEntity: issued.certPem,
      intermediates: [authority.intermediatePem],
      trustAnchors: [authority.rootPem],
      at: new Date(),
      name: { kind: 'dns', value: 'localhost' },
    });
    expect(result).toMatchObject({ valid: true, problems: [] });

    const { certPem, keyPem, rootPem } = issued;
    const proof = await selfTest({
      cert: certPem,
      key: keyPem,
      chain: authority.intermediatePem,
      root: rootPem,
    });
    expect(proof.failed).toBe(0);
    expect(proof.passed).toBeGreaterThan(20);
  });

  it('works on the same authority as the command', async () => {
    const home = join(scratchFolder(), 'home');
    const world = testWorld({ home, now: new Date() });
    await expect(openAuthority({ home }, world)).rejects.toBeInstanceOf(DevcaError);
    const made = await createAuthority({ home, permit: ['corp.example'] }, world);
    const opened = await openAuthority({ home }, world);
    expect(opened.rootPem).toBe(made.rootPem);
    const { files, names } = await opened.issue(['www.corp.example'], { out: join(home, 'certs') });
    expect(names).toEqual(['www.corp.example']);
    expect(Object.keys(files)).toEqual(['cert', 'key', 'fullchain']);
  });

  it('opens a key with a passphrase, which nobody is asked for', async () => {
    const home = join(scratchFolder(), 'home');
    const world = testWorld({ home, now: new Date() });
    const passphrase = 'correct horse';
    await createAuthority({ home, keystore: 'passphrase', passphrase }, world);
    const { issue } = await openAuthority({ home, passphrase }, world);
    expect((await issue(['a.test'], { out: join(home, 'certs') })).names).toEqual(['a.test']);
    const closed = await openAuthority({ home }, world);
    await expect(closed.issue(['b.test'])).rejects.toMatchObject({ code: 'DEVCA_PASSPHRASE_MISSING' });
  });

  it('issues many without files, each recorded before it is handed out', async () => {
    const home = join(scratchFolder(), 'home');
    const world = testWorld({ home, now: new Date() });
    const authority = await createAuthority({ home }, world);
    function* requests() {
      for (let index = 0; index < 150; index++) yield { names: [`host-${index}.test`] };
      yield { names: ['orders', 'orders.test'], profile: 'service', keyType: 'ed25519' } as const;
    }
    const serials = new Set<string>();
    for await (const issued of authority.issueMany(requests())) {
      if (serials.size % 50 === 0) {
        expect(recorded(home, issued.serialNumber, world)).toMatchObject({ state: 'delivered' });
        const result = await verifyChain({
          endEntity: issued.certPem,
          intermediates: [authority.intermediatePem],
          trustAnchors: [authority.rootPem],
          at: new Date(),
          name: { kind: 'dns', value: issued.names[0] ?? '' },
        });
        expect(result.valid).toBe(true);
        expect(createPrivateKey(issued.keyPem).type).toBe('private');
      }
      serials.add(issued.serialNumber);
    }
    expect(serials.size).toBe(151);
  });

  it('ends at a request that is refused, with nothing of its batch issued', async () => {
    const home = join(scratchFolder(), 'home');
    const world = testWorld({ home, now: new Date() });
    const authority = await createAuthority({ home }, world);
    const requests = [...Array(1000).keys(), 'www.outside.com', 'last.test'].map((name) => ({
      names: [typeof name === 'number' ? `host-${name}.test` : name],
    }));
    const issued: string[] = [];
    const work = async () => {
      for await (const { serialNumber } of authority.issueMany(requests)) issued.push(serialNumber);
    };
    await expect(work()).rejects.toMatchObject({ code: 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT' });
    expect(issued).toHaveLength(1000);
    expect(countOf(home, world)).toBe(1000);
  });

  it('says what is wrong with a request that has another shape than its type', async () => {
    const home = join(scratchFolder(), 'home');
    const world = testWorld({ home, now: new Date() });
    const authority = await createAuthority({ home }, world);
    const memory = await createEphemeralAuthority({}, world);
    const refusal = async (work: () => Promise<unknown>): Promise<string> => {
      const error = await work().then(
        () => new Error('it was issued'),
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'DEVCA_ISSUE_REQUEST_INVALID', exitStatus: 2 });
      return (error as Error).message.replace('not a request for a certificate: ', '');
    };
    // As a program in JavaScript might.
    const many = (requests: unknown) =>
      refusal(() => authority.issueMany(requests as [{ names: string[] }]).next());
    expect(await many([{}])).toBe('"names" is missing, not a list');
    expect(await many([null])).toBe('it is null, not an object');
    expect(await many(['a.test'])).toBe('it is a text, not an object');
    expect(await many([{ names: 'a.test' }])).toBe('"names" is a text, not a list');
    expect(await many([{ names: ['a.test', 4] }])).toBe('item 1 of "names" is a number, not a text');
    expect(await many([{ names: ['a.test'], crlUrls: {} }])).toBe('"crlUrls" is an object, not a list');
    expect(await many([{ names: ['a.test'], commonName: [] }])).toBe('"commonName" is a list, not a text');
    expect(await many([{ names: ['a.test'], keyType: 'dsa' }])).toMatch(/^"keyType" is none of ec-p256, /);
    expect(await many(null)).toBe('what holds the requests is null, not a list');
    expect(await many({ names: ['a.test'] })).toBe('what holds the requests is an object, not a list');
    const text = 'a.test' as unknown as string[];
    for (const issue of [authority.issue, memory.issue] as readonly ((names: string[]) => Promise<unknown>)[])
      expect(await refusal(() => issue(text))).toBe('"names" is a text, not a list');
    expect(await refusal(() => memory.issueDefective(text, {}))).toBe('"names" is a text, not a list');
  });

  it('renews what is due and revokes, as the command does', async () => {
    const home = join(scratchFolder(), 'home');
    const at = (time: string) => testWorld({ home, now: new Date(time) });
    const now = at('2026-06-01T12:00:00Z');
    const { issue } = await createAuthority({ home }, now);
    const first = await issue(['a.test'], { out: join(home, 'certs'), days: 30 });
    const later = await openAuthority({ home }, at('2026-06-25T12:00:00Z'));
    const { renewed, failed } = await later.renewDue();
    expect(failed).toEqual([]);
    expect(renewed.map(({ replaced }) => replaced)).toEqual([[first.serialNumber]]);
    const { revoked, lists } = await later.revoke(['a.test'], 'keyCompromise');
    expect(revoked).toMatchObject([{ serialNumber: renewed[0]?.serialNumber, reason: 'keyCompromise' }]);
    expect(lists).toMatchObject([{ revoked: 1 }]);
  });

  it('explains what an error means', () => {
    expect(explain('net::ERR_CERT_AUTHORITY_INVALID')[0]?.fault.code).toBe('DEVCA_FAULT_UNKNOWN_CA');
  });
});

function recorded(home: string, serialNumber: string, world: World) {
  const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
  try {
    return inventory.certificates.bySerial(serialNumber)[0];
  } finally {
    inventory.close();
  }
}

function countOf(home: string, world: World): number {
  const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
  try {
    return inventory.certificates.count({ at: world.clock.now(), profile: 'server' });
  } finally {
    inventory.close();
  }
}
