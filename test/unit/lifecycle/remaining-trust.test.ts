import { describe, expect, it } from '@jest/globals';
import { remainingTrust } from '../../../src/lifecycle/remaining-trust.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { uninstallRoots } from '../../../src/truststore/trust.ts';
import { buildTrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { commonName, testAuthority } from '../../support/test-pki.ts';
import { fakeMachine, HOME } from '../truststore/fake-machine.ts';

const ANCHORS = '/usr/local/share/ca-certificates';
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const root = testAuthority({ subject: commonName('mkcert ada@engine') });
const PEM = encodePem('CERTIFICATE', root.der);
const anchor = buildTrustAnchor(root.der, 'mkcert ada@engine');

describe('trust that remains', () => {
  const machine = fakeMachine({ folder: scratchFolder(), system: { uid: 1000 } });
  machine.write('/etc/debian_version', '12.0\n');
  machine.write(`${ANCHORS}/mkcert_development_CA_1.crt`, PEM);
  machine.write(BUNDLE, PEM);
  machine.programs.set('update-ca-certificates', () => ({}));
  const find = async () =>
    remainingTrust(await uninstallRoots([anchor], { stores: ['system'] }, machine.world), machine.world);

  it('is taken out by hand where the tool that put it there has another root by now', async () => {
    expect(await find()).toMatchObject([
      {
        store: 'system',
        root: anchor,
        fix: `sudo rm ${ANCHORS}/mkcert_development_CA_1.crt && sudo update-ca-certificates --fresh`,
      },
    ]);
  });

  it('is taken out by mkcert itself where that is here with this root', async () => {
    machine.programs.set('mkcert', () => ({}));
    machine.write(`${HOME}/.local/share/mkcert/rootCA.pem`, PEM);
    machine.write(`${HOME}/.local/share/mkcert/rootCA-key.pem`, 'key');
    expect(await find()).toMatchObject([{ fix: 'mkcert -uninstall' }]);
  });

  it('is none where no store trusts the root', async () => {
    machine.write(BUNDLE, '');
    machine.write(`${ANCHORS}/mkcert_development_CA_1.crt`);
    expect(await find()).toEqual([]);
  });
});
