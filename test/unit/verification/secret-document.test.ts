import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { isSecretDocument, readSecretDocument } from '../../../src/verification/secret-document.ts';

const values = (text: string) =>
  readSecretDocument(text, 's.yaml').map(({ secret, key, bytes, line }) => [
    secret,
    key,
    Buffer.from(bytes).toString(),
    line,
  ]);

const manifest = (...lines: string[]): string => ['apiVersion: v1', 'kind: Secret', ...lines].join('\n');

describe('readSecretDocument', () => {
  it('decodes data and takes stringData as it is', () => {
    const text = manifest(
      'metadata: # whose',
      '  namespace: prod',
      "  name: 'web'",
      '  managedFields:',
      '  - fieldsV1:',
      '      f:data:',
      '        .: {}',
      'type: kubernetes.io/tls',
      'data:',
      '  "tls.crt": aGVsbG8=  # a greeting',
      'stringData:',
      '  note: |',
      '    first',
      '      second',
      '',
      '    third',
      '  plain: one',
      '    two',
    );
    expect(isSecretDocument(text)).toBe(true);
    expect(values(text)).toEqual([
      ['prod/web', 'tls.crt', 'hello', 12],
      ['prod/web', 'note', 'first\n  second\n\nthird\n', 14],
      ['prod/web', 'plain', 'one two', 19],
    ]);
  });

  it('reads base64 that is folded or quoted over several lines', () => {
    expect(
      values(
        manifest(
          'data:',
          '  a: aGVs',
          '    bG8=',
          '  b: >-',
          '    aGVs',
          '    bG8=',
          '  c: "aGVs',
          '    bG8="',
        ),
      ),
    ).toEqual([
      ['', 'a', 'hello', 4],
      ['', 'b', 'hello', 6],
      ['', 'c', 'hello', 9],
    ]);
  });

  it('finds Secrets in several documents, in a List and in JSON', () => {
    const config = 'apiVersion: v1\nkind: ConfigMap\ndata:\n  x: y\n';
    expect(
      values(`${config}---\n${manifest('data:', '  a: YQ==')}\n---\n${manifest('data:', '  b: Yg==')}`),
    ).toHaveLength(2);
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  data:\n    a: YQ==\n- kind: Other\n';
    expect(isSecretDocument(list)).toBe(true);
    expect(values(list)).toEqual([['', 'a', 'a', 7]]);
    const json =
      '{\n  "apiVersion": "v1",\n  "kind": "Secret",\n  "metadata": { "name": "web" },\n  "data": { "a": "YQ==" }\n}';
    expect(isSecretDocument(json)).toBe(true);
    expect(values(json)).toEqual([['web', 'a', 'a', 1]]);
  });

  it.each([
    ['a tab in the indentation', 'data:\n\ta: YQ==', 'a tab stands in the indentation', 4],
    ['an anchor', 'data:\n  a: &x YQ==', 'anchors, tags and flow collections are not read', 4],
    ['a flow mapping', 'data: {a: YQ==}', 'anchors, tags and flow collections are not read', 3],
    ['a key that is there twice', 'data:\n  a: YQ==\n  a: Yg==', 'the key "a" is there twice', 5],
    ['a quoted text without an end', 'data:\n  a: "YQ==', 'a quoted text does not end', 4],
    ['a line that is nothing', 'data:\n  - YQ==\n  what', 'the indentation fits nothing above', 5],
    ['data that is a list', 'data:\n  - YQ==', '"data" is no mapping', 4],
    [
      'base64 that is incomplete',
      'data:\n  a: YQ=',
      'the base64 of "a" is incomplete or has other characters',
      4,
    ],
  ])('refuses %s with its line: DEVCA_SECRET_INVALID', (_what, lines, reason, line) => {
    try {
      values(manifest(lines));
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(isDevcaError(error, 'DEVCA_SECRET_INVALID') ? error.context : error).toEqual({
        source: 's.yaml',
        reason,
        line,
      });
    }
  });

  it('never fails in another way, whatever it is given', () => {
    const line = fc
      .tuple(
        fc.nat(6),
        fc.constantFrom(
          'a: b',
          '- a',
          '- a: b',
          '|',
          'x: |',
          'x: "',
          "y: 'z'",
          'data:',
          '#',
          '-',
          ': :',
          'k: [',
        ),
      )
      .map(([indent, text]) => ' '.repeat(indent) + text);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        try {
          values(manifest(...lines));
        } catch (error) {
          expect(isDevcaError(error, 'DEVCA_SECRET_INVALID')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses nesting without end', () => {
    const deep = Array.from({ length: 50 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(() => values(manifest('data:', ...deep.map((each) => ` ${each}`)))).toThrow(
      'nested more than 32 levels deep',
    );
  });
});
