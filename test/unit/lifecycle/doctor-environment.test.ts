import { describe, expect, it } from '@jest/globals';
import { examineEnvironment } from '../../../src/lifecycle/doctor-environment.ts';
import { DEVCA_SHA256, machine, pem, SYSTEM, withVariables } from '../runtimes/lab.ts';

describe("doctor's look at variables and settings", () => {
  const here = machine({ uid: 1000 });
  here.write(SYSTEM, pem('company'));
  here.write('/corp/ca.pem', pem('company'));
  here.write('/etc/pip.conf', `[global]\ncert = ${SYSTEM}\n`);
  here.write('/home/ada/.curlrc', 'cacert = /corp/ca.pem\n');
  const world = withVariables(here, { GIT_SSL_CAINFO: SYSTEM, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  const told = (isSystemTold: boolean): readonly string[] =>
    examineEnvironment([DEVCA_SHA256], '', isSystemTold, world).map(({ message }) =>
      message.replace(/ (is set|in ).*/, ''),
    );

  it('tells all that make programs trust other roots', () => {
    expect(told(false)).toEqual(['GIT_SSL_CAINFO', 'NODE_TLS_REJECT_UNAUTHORIZED', 'global.cert', 'cacert']);
  });

  it("leaves out what names the system's roots where it is said that devca's is not among these", () => {
    expect(told(true)).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED', 'cacert']);
  });
});
