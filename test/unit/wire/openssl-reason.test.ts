import { expect, it } from '@jest/globals';
import { opensslReason } from '../../../src/wire/openssl-reason.ts';

it.each([
  [
    'write EPROTO 40AD04DA0D7F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/openssl/tlsany_meth.c:77:\n',
    'wrong version number',
  ],
  ['error:0A0000B9:SSL routines::no cipher match', 'no cipher match'],
  ['error:05800074:x509 certificate routines::key values mismatch', 'key values mismatch'],
  [
    '40F3A1FEA17F0000:error:0A000152:SSL routines:final_renegotiate:unsafe legacy renegotiation disabled:',
    'unsafe legacy renegotiation disabled',
  ],
  ['socket hang up', 'socket hang up'],
  ['connect ECONNREFUSED ::1:443', 'connect ECONNREFUSED ::1:443'],
])('the reason in %j is %j', (message, reason) => {
  expect(opensslReason(message)).toBe(reason);
});
