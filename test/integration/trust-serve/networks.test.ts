import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { PROJECT } from '../../support/devca.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { newUser } from './lab.ts';

/** Interfaces of a network namespace of its own, each with the addresses that it has; whatever else is on the machine. */
type Networks = Readonly<Record<string, readonly string[]>>;

/**
 * Runs a script in such a namespace: "$DEVCA" is devca there, and "$PHONE" runs a program on the other end of every
 * network, where nobody has an address yet.
 */
function inNetworks(home: string, networks: Networks, script: string): string {
  const setUp = [
    'ip link set lo up',
    'unshare --net sleep 60 & phone=$!; sleep 0.3',
    'export PHONE="nsenter --target $phone --net"',
    ...Object.entries(networks).flatMap(([name, addresses]) => [
      `ip link add ${name} type veth peer name to-${name} netns $phone`,
      `ip link set ${name} up; $PHONE ip link set to-${name} up`,
      ...addresses.map((address) => {
        return `ip address add ${address} dev ${name} ${address.includes(':') ? 'nodad' : ''}`;
      }),
    ]),
  ];
  const devca = `${process.execPath} ${join(PROJECT, 'bin/devca.js')}`;
  const whole = `set -e\nexport DEVCA="${devca}" HOME=${home}\n${setUp.join('\n')}\nset +e\n${script}\nkill $phone`;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program = '', ...args] = [...asRoot, 'unshare', '--net', 'sh', '-c', whole];
  const { stdout, stderr } = spawnSync(program, args, {
    env: cleanEnvironment(home),
    cwd: home,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return `${stdout}\n${stderr}`;
}

/** Serves in the background, and asks for the page at its own address and at others. */
const asking = (lan: string, others: readonly string[], further = '', port = 4711): string => `
rm -f document
$DEVCA trust serve --lan ${lan} --port ${port} --json > document &
for attempt in $(seq 50); do [ -s document ] && break; sleep 0.1; done
url=$(sed -n 's/.*"url": "\\(.*\\)",/\\1/p' document)
echo "url $url"
path=\${url##*/}
curl -s -o /dev/null -w 'own %{http_code}\\n' "$url"
for other in ${others.map((other) => `'${other}'`).join(' ')}; do
  curl -s -o /dev/null --max-time 5 -w "$other %{http_code}\\n" "http://$other:${port}/$path"
done
${further}
kill -INT $!; wait $!; echo "status $?"`;

describeWith(['unshare', 'nsenter', 'ip', 'curl', 'seq'], 'the networks of a machine', () => {
  const home = newUser();

  it('are one: its IPv4 address is taken, and nothing listens on the others', () => {
    const networks = { wlan0: ['192.168.77.5/24', 'fd77::5/64'], docker0: ['172.17.0.1/16'] };
    const phone = `
$PHONE ip address add 192.168.77.9/24 dev to-wlan0
$PHONE curl -s -o /dev/null -w 'phone %{http_code}\\n' "$url"
$PHONE curl -s -o /dev/null -H 'Host: evil.example:4711' -w 'rebound %{http_code}\\n' "$url"`;
    const others = ['127.0.0.1', '[::1]', '[fd77::5]', '172.17.0.1'];
    const said = inNetworks(home, networks, asking("''", others, phone));
    expect(said).toMatch(/url http:\/\/192\.168\.77\.5:4711\/[0-9a-f]{32}\n/);
    expect(said).toContain('own 200\n');
    for (const other of others) expect(said).toContain(`${other} 000\n`);
    expect(said).toContain('phone 200\nrebound 421\n');
    expect(said).toContain('status 130');
    expect(said).toContain('192.168.77.9 took the page');
  });

  it('are several: without a terminal somebody has to say which', () => {
    const networks = { wlan0: ['192.168.77.5/24'], eth0: ['10.7.7.5/24'] };
    const said = inNetworks(home, networks, '$DEVCA trust serve --lan; echo "status $?"');
    expect(said).toContain('[DEVCA_SERVER_LAN_AMBIGUOUS]');
    expect(said).toContain('192.168.77.5 (wlan0)');
    expect(said).toContain('10.7.7.5 (eth0)');
    expect(said).toContain('status 2');
    const chosen = inNetworks(home, networks, asking('eth0', ['192.168.77.5']));
    expect(chosen).toMatch(/url http:\/\/10\.7\.7\.5:4711\//);
    expect(chosen).toContain('own 200\n192.168.77.5 000\n');
  });

  it('are none: loopback is nothing for phones', () => {
    const said = inNetworks(home, {}, '$DEVCA trust serve --lan; echo "status $?"');
    expect(said).toContain('[DEVCA_SERVER_LAN_NONE]');
    expect(said).toContain('status 1');
  });

  it('may have IPv6 alone', () => {
    const said = inNetworks(home, { wlan0: ['fd77::5/64'] }, asking("''", ['[::1]']));
    expect(said).toMatch(/url http:\/\/\[fd77::5\]:4711\/[0-9a-f]{32}\n/);
    expect(said).toContain('own 200\n[::1] 000\n');
  });

  it('may have the port of HTTP itself, which browsers leave out', () => {
    const hosts = ['10.7.7.5', '10.7.7.5:80', 'evil.example'].map(
      (host) => `curl -s -o /dev/null -H 'Host: ${host}' -w '${host} %{http_code}\\n' "$url"`,
    );
    const said = inNetworks(home, { eth0: ['10.7.7.5/24'] }, asking('eth0', [], hosts.join('\n'), 80));
    expect(said).toMatch(/url http:\/\/10\.7\.7\.5\/[0-9a-f]{32}\n/);
    expect(said).toContain('own 200\n10.7.7.5 200\n10.7.7.5:80 200\nevil.example 421\n');
  });

  it('may be the Internet, which is said', () => {
    const said = inNetworks(home, { eth0: ['203.0.113.5/24'] }, '$DEVCA trust serve --lan --minutes 0.001');
    expect(said).toContain('devca: warning: 203.0.113.5 (eth0) is an address of the Internet');
  });
});
