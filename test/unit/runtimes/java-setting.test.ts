import { describe, expect, it } from '@jest/globals';
import { parseJks } from '../../../src/pki/jks.ts';
import { encodePkcs12 } from '../../../src/pki/pkcs12-writer.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import type { World } from '../../../src/platform/world.ts';
import { formatJavaOption, javaProperty, parseJavaOptions } from '../../../src/runtimes/java-options.ts';
import { javaSetting } from '../../../src/runtimes/java-setting.ts';
import { restoredEnvironment } from '../../../src/runtimes/restored-environment.ts';
import { codeOf } from '../../support/coded.ts';
import type { FakeMachine } from '../truststore/fake-machine.ts';
import { certificates, jks, machine, PUBLIC, ROOTS, type Who, whoIs, withVariables } from './lab.ts';

const CACERTS = '/jdk/lib/security/cacerts';

/** A machine with a Java that trusts a public root. */
function withJava(): FakeMachine {
  const here = machine();
  write(here, CACERTS, jks('changeit', 'public'));
  return here;
}

function write({ write: writeText, world }: FakeMachine, path: string, bytes: Uint8Array): void {
  writeText(path);
  world.files.remove(path);
  world.files.createExclusive(path, bytes, 0o644);
}

const optionsOf = (here: FakeMachine, before?: string): string | undefined =>
  javaSetting(ROOTS, environmentOf(here, before))?.value;

const environmentOf = (here: FakeMachine, options?: string): World =>
  withVariables(here, { JAVA_HOME: '/jdk', JAVA_TOOL_OPTIONS: options });

function trustedBy(options: string | undefined, { world }: FakeMachine): Who[] {
  const parsed = parseJavaOptions(options ?? '');
  const path = javaProperty('javax.net.ssl.trustStore', parsed) ?? '';
  const password = javaProperty('javax.net.ssl.trustStorePassword', parsed);
  return parseJks(world.files.read(path), password, path).flatMap(({ kind, certificates: [der] }) =>
    kind === 'trusted' && der !== undefined ? [whoIs(der)] : [],
  );
}

describe("Java's variable", () => {
  it('names a store with the roots of Java and those of devca, which needs no password', () => {
    const here = withJava();
    const options = optionsOf(here);
    expect(options).toMatch(new RegExp(`^-Djavax.net.ssl.trustStore=${PUBLIC}/java-[0-9a-f]{16}.jks$`));
    expect(trustedBy(options, here)).toEqual(['public', 'devca']);
  });

  it('is left alone where there is no Java, where Java has no roots, or where it trusts those of devca already', () => {
    expect(optionsOf(machine())).toBeUndefined();
    const here = withJava();
    write(here, CACERTS, jks('changeit', 'devca', 'public'));
    expect(optionsOf(here)).toBeUndefined();
  });

  it('looks where Java does', () => {
    const here = withJava();
    write(here, '/jdk/jre/lib/security/cacerts', jks('changeit', 'other'));
    expect(trustedBy(optionsOf(here), here)).toEqual(['public', 'devca']);
    write(here, '/jdk/lib/security/jssecacerts', jks('changeit', 'company'));
    expect(trustedBy(optionsOf(here), here)).toEqual(['company', 'devca']);
  });

  it.each([
    ['a password', 'changeit'],
    ['another password', 'secret of mine'],
  ])('reads PKCS#12 with %s', (_, password) => {
    const here = withJava();
    const trusted = [{ alias: 'company', certificate: certificates.company }];
    const store = encodePkcs12({ trusted }, { password, legacy: false, random: systemRandom });
    write(here, '/corp/trust.p12', store);
    const before = `-Xmx1g -Djavax.net.ssl.trustStore=/corp/trust.p12 "-Djavax.net.ssl.trustStorePassword=${password}"`;
    const options = optionsOf(here, before);
    expect(options?.startsWith(`${before} -Djavax.net.ssl.trustStore=${PUBLIC}/`)).toBe(true);
    expect(trustedBy(options, here)).toEqual(['company', 'devca']);
    const [undone] = restoredEnvironment(environmentOf(here, options));
    expect(undone).toEqual({ name: 'JAVA_TOOL_OPTIONS', value: before });
    expect(optionsOf(here, options)).toBe(options);
  });

  it('is undone to nothing where there was nothing', () => {
    const here = withJava();
    const [undone] = restoredEnvironment(environmentOf(here, optionsOf(here)));
    expect(undone).toEqual({ name: 'JAVA_TOOL_OPTIONS', value: undefined });
    expect(restoredEnvironment(environmentOf(here, '-Xmx1g'))).toEqual([]);
  });

  it('makes the store anew when what it is made of changes, or it is damaged', () => {
    const here = withJava();
    const options = optionsOf(here);
    const path = javaProperty('javax.net.ssl.trustStore', parseJavaOptions(options ?? '')) ?? '';
    const made = here.world.files.status(path)?.modifiedAt;
    expect(optionsOf(here)).toBe(options);
    expect(here.world.files.status(path)?.modifiedAt).toEqual(made);
    write(here, CACERTS, jks('changeit', 'public', 'other'));
    expect(optionsOf(here)).toBe(options);
    expect(trustedBy(options, here)).toEqual(['public', 'other', 'devca']);
    write(here, path, here.world.files.read(path).subarray(0, 500));
    optionsOf(here);
    expect(trustedBy(options, here)).toEqual(['public', 'other', 'devca']);
  });

  it.each([
    ['is not there', undefined],
    ['is no store', Buffer.from('nothing')],
    ['trusts nobody', jks('changeit')],
  ])('fails where the store that is named %s', (_, bytes) => {
    const here = withJava();
    if (bytes !== undefined) write(here, '/corp/trust.jks', bytes);
    const before = '-Djavax.net.ssl.trustStore=/corp/trust.jks';
    expect(codeOf(() => optionsOf(here, before))).toBe('DEVCA_RUNTIME_STORE');
  });

  it('fails where the password is not that of the store, and needs none where Java needs none', () => {
    const here = withJava();
    write(here, '/corp/trust.jks', jks('another one', 'company'));
    const before = '-Djavax.net.ssl.trustStore=/corp/trust.jks';
    expect(trustedBy(optionsOf(here, before), here)).toEqual(['company', 'devca']);
    const wrong = `${before} -Djavax.net.ssl.trustStorePassword=changeit`;
    expect(codeOf(() => optionsOf(here, wrong))).toBe('DEVCA_RUNTIME_STORE');
  });

  it('leaves a Java alone that asks the system for its roots', () => {
    const here = withJava();
    expect(optionsOf(here, '-Djavax.net.ssl.trustStoreType=Windows-ROOT')).toBeUndefined();
    expect(optionsOf(here, '-Djavax.net.ssl.trustStore=NONE')).toBeUndefined();
  });

  it('splits options as Java does, and writes what it reads again', () => {
    const texts = (value: string) => parseJavaOptions(value).map(({ text }) => text);
    expect(texts(` -Xmx1g "-Da=b c"\t-Dd='e "f"' g"h i"j `)).toEqual([
      '-Xmx1g',
      '-Da=b c',
      '-Dd=e "f"',
      'gh ij',
    ]);
    for (const text of ['-Da=b', '-Da=b c', `-Da="b"`, `-Da='b c'`])
      expect(texts(formatJavaOption(text))).toEqual([text]);
    expect(codeOf(() => formatJavaOption(`"'`))).toBe('DEVCA_RUNTIME_VALUE');
  });
});
