/** A family of systems whose layout can be built on this machine, around the real p11-kit where the family is. */
export interface Family {
  readonly anchors: string;
  readonly bundle: string;
  readonly hashed: string;
  readonly java: string;
  /** Shell lines that build the layout, in a namespace where `/etc` is a throwaway. */
  readonly setUp: string;
  /** Where the tool is put, and what it does: as the family's own, through p11-kit, with less of everything else. */
  readonly tool: { readonly path: string; readonly script: string };
}

const EXTRACT = 'trust extract --overwrite --filter=ca-anchors --purpose=server-auth';

const FEDORA_OUT = '/etc/pki/ca-trust/extracted';
const ARCH_OUT = '/etc/ca-certificates/extracted';
const SUSE_OUT = '/var/lib/ca-certificates';

export const FAMILIES = {
  fedora: {
    anchors: '/etc/pki/ca-trust/source/anchors',
    bundle: '/etc/pki/tls/certs/ca-bundle.crt',
    hashed: `${FEDORA_OUT}/pem/directory-hash`,
    java: `${FEDORA_OUT}/java/cacerts`,
    setUp: `
      mkdir -p /etc/pki/ca-trust/source/anchors /etc/pki/tls/certs ${FEDORA_OUT}/pem ${FEDORA_OUT}/java
      ln -s ${FEDORA_OUT}/pem/tls-ca-bundle.pem /etc/pki/tls/certs/ca-bundle.crt
      ln -s ${FEDORA_OUT}/pem/tls-ca-bundle.pem /etc/pki/tls/cert.pem`,
    tool: {
      path: '/mnt/bin/update-ca-trust',
      script: `
        [ "$1" = extract ]
        ${EXTRACT} --comment --format=pem-bundle ${FEDORA_OUT}/pem/tls-ca-bundle.pem
        ${EXTRACT} --format=pem-directory-hash ${FEDORA_OUT}/pem/directory-hash
        ${EXTRACT} --format=java-cacerts ${FEDORA_OUT}/java/cacerts`,
    },
  },
  arch: {
    anchors: '/etc/ca-certificates/trust-source/anchors',
    bundle: '/etc/ssl/cert.pem',
    hashed: '/etc/ssl/certs',
    java: '/etc/ssl/certs/java/cacerts',
    setUp: `
      rm -rf /etc/ssl/certs /etc/ssl/cert.pem
      mkdir -p /etc/ca-certificates/trust-source/anchors ${ARCH_OUT} /etc/ssl/certs/java
      ln -s ../ca-certificates/extracted/tls-ca-bundle.pem /etc/ssl/cert.pem
      ln -s ../../ca-certificates/extracted/tls-ca-bundle.pem /etc/ssl/certs/ca-certificates.crt`,
    tool: {
      path: '/mnt/bin/update-ca-trust',
      script: `
        ${EXTRACT} --format=pem-bundle ${ARCH_OUT}/tls-ca-bundle.pem
        ${EXTRACT} --format=pem-directory-hash ${ARCH_OUT}/cadir
        for file in ${ARCH_OUT}/cadir/*; do ln -sf "$file" /etc/ssl/certs/; done
        find -L /etc/ssl/certs -maxdepth 1 -type l -delete
        ${EXTRACT} --format=java-cacerts /etc/ssl/certs/java/cacerts`,
    },
  },
  suse: {
    anchors: '/etc/pki/trust/anchors',
    bundle: '/etc/ssl/ca-bundle.pem',
    hashed: '/etc/ssl/certs',
    java: `${SUSE_OUT}/java-cacerts`,
    setUp: `
      mount -t tmpfs tmpfs /var/lib
      rm -rf /etc/ssl/certs
      mkdir -p /etc/pki/trust/anchors
      mkdir -p ${SUSE_OUT}/pem
      ln -s ../../var/lib/ca-certificates/pem /etc/ssl/certs
      ln -s ../../var/lib/ca-certificates/ca-bundle.pem /etc/ssl/ca-bundle.pem`,
    tool: {
      path: '/usr/sbin/update-ca-certificates',
      script: `
        umask 0222
        [ "$1" = --fresh ]
        ${EXTRACT} --format=java-cacerts ${SUSE_OUT}/java-cacerts
        ${EXTRACT} --format=pem-directory-hash ${SUSE_OUT}/pem
        ${EXTRACT} --format=pem-bundle ${SUSE_OUT}/plain.tmp
        { echo '# made by a tool, not to be edited'; cat ${SUSE_OUT}/plain.tmp; } > ${SUSE_OUT}/bundle.new
        rm -f ${SUSE_OUT}/plain.tmp
        mv -f ${SUSE_OUT}/bundle.new ${SUSE_OUT}/ca-bundle.pem`,
    },
  },
  alpine: {
    anchors: '/usr/local/share/ca-certificates',
    bundle: '/etc/ssl/cert.pem',
    hashed: '/etc/ssl/certs',
    java: '',
    setUp: `
      echo 3.20.3 > /etc/alpine-release
      find /etc/ssl/certs -type l -delete
      ln -sf certs/ca-certificates.crt /etc/ssl/cert.pem`,
    tool: {
      path: '/usr/sbin/update-ca-certificates',
      // Whatever its arguments are, and with every file of the folder, whatever it is called.
      script: `
        cd /etc/ssl/certs
        find . -type l -name 'ca-cert-*' -delete
        : > bundle.new
        { grep -v '^[#!]' /etc/ca-certificates.conf | sed 's,^,/usr/share/ca-certificates/,'
          find /usr/local/share/ca-certificates -maxdepth 1 -type f; } | while read -r file; do
          cat "$file" >> bundle.new
          ln -s "$file" "ca-cert-$(basename "$file" .crt).pem"
        done
        mv bundle.new ca-certificates.crt
        openssl rehash . 2> /dev/null`,
    },
  },
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof FAMILIES;
