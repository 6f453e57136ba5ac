import { describe, expect, it } from '@jest/globals';
import { foldProfiles } from '../../../src/commands/trust-folding.ts';
import type { AnchoredRow } from '../../../src/commands/trust-table.ts';

const row = (name: string, values: Partial<AnchoredRow> = {}): AnchoredRow => ({
  id: `nss:/home/ada/.mozilla/firefox/${name}`,
  name,
  status: 'not-trusted',
  detail: 'the root is not in the database',
  fix: `devca trust install --store nss:/home/ada/.mozilla/firefox/${name}`,
  root: { name: 'devca root', sha256: 'ab', own: true },
  ...values,
});

const many = (count: number, values: (name: string) => Partial<AnchoredRow> = () => ({})): AnchoredRow[] =>
  Array.from({ length: count }, (_, index) => row(`p${index}`, values(`p${index}`)));

describe('profiles in a table', () => {
  it('that stand alike share a line, with the command for all of them', () => {
    const system = row('x', { id: 'system', fix: '' });
    expect(foldProfiles([system, ...many(300)])).toEqual([
      system,
      row('p0', {
        id: 'nss:/home/ada/.mozilla/firefox/*',
        detail: '300 profiles: the root is not in the database',
        fix: 'devca trust install --store nss',
      }),
    ]);
  });

  it('have lines of their own where they are few, or stand in another way', () => {
    expect(foldProfiles(many(4))).toEqual(many(4));
    const odd = row('odd', { status: 'permission', detail: 'read-only' });
    expect(
      foldProfiles([...many(6), odd, row('two', { root: { name: 'b', sha256: 'cd', own: true } })]),
    ).toEqual([
      expect.objectContaining({ detail: expect.stringContaining('6 profiles') }),
      odd,
      expect.objectContaining({ name: 'two' }),
    ]);
  });

  it('share a line also where each is named in its detail, and its command says for how many others it stands', () => {
    const [line, ...rest] = foldProfiles(
      many(7, (name) => ({
        status: 'permission',
        detail: `"/home/ada/.mozilla/firefox/${name}" is read-only`,
        fix: `chmod -R u+rwX /home/ada/.mozilla/firefox/${name}`,
      })),
    );
    expect(rest).toEqual([]);
    expect(line).toMatchObject({
      detail: '7 profiles: "..." is read-only',
      fix: 'chmod -R u+rwX /home/ada/.mozilla/firefox/p0  # and so for 6 others, which --json lists',
    });
  });
});
