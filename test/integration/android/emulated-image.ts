import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { toolOrFail } from '../../support/tools.ts';

/** Before Android 14 the roots lie in the system's folder; since then an image covers it. */
export type Layout = 'folder' | 'image';

/**
 * The folders, the shell and the tools of Android, with the mounts that matter: everything is passed on to the process
 * that starts apps but what is mounted over the image. In namespaces of its own, of which it is process 1.
 */
const SET_UP = `
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
root=/mnt/android
mkdir -p $root/system/etc/security/cacerts $root/data/local/tmp $root/bin $root/old
for folder in usr lib lib64 etc proc dev; do
  [ -e /$folder ] || continue
  mkdir -p $root/$folder
  mount --rbind /$folder $root/$folder
done
for tool in cat chmod chown cp cut grep head id ls mkdir mount nsenter pidof rm; do
  ln -s "$TOYBOX" $root/bin/$tool
done
ln -s /usr/bin/tr $root/bin/tr # Debian builds toybox without it
ln -s "$MKSH" $root/bin/sh
printf '#!/bin/sh\\nexit 0\\n' > $root/bin/chcon # labels need a kernel with SELinux
chmod 755 $root/bin/chcon
cp "$(command -v sleep)" $root/bin/zygote64
for n in 1 2 3; do echo "root $n" > $root/system/etc/security/cacerts/0000000$n.0; done
if [ "$LAYOUT" = image ]; then
  mkdir -p $root/apex/com.android.conscrypt/cacerts
  for n in 1 2 3; do echo "image $n" > $root/apex/com.android.conscrypt/cacerts/0000000$n.0; done
fi
mount --rbind $root $root
cd $root
pivot_root . old
umount -l /old
mount --make-rshared /
if [ "$LAYOUT" = image ]; then
  mount --bind /apex/com.android.conscrypt /apex/com.android.conscrypt
  mount --make-private /apex/com.android.conscrypt
fi
unshare --mount --propagation slave /bin/zygote64 600 > /dev/null &
while [ -z "$(/bin/pidof zygote64)" ]; do /bin/chmod 755 /bin/zygote64; done
echo ready
while read -r command input; do
  status=0
  printf %s "$input" | base64 -d > /data/stdin
  printf %s "$command" | base64 -d > /data/command
  env -i PATH=/bin /bin/sh -c "$(cat /data/command)" < /data/stdin > /data/output 2>&1 || status=$?
  echo "$status $(base64 -w 0 < /data/output)"
done
`;

export interface EmulatedImage extends AsyncDisposable {
  /** As `adb shell`, by a process that is root. */
  shell(command: string, stdin?: string): Promise<{ status: number; output: string }>;
  /** What an app sees that is started now. */
  appView(path: string): Promise<string>;
}

export async function emulateImage(layout: Layout): Promise<EmulatedImage> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const variables = [`LAYOUT=${layout}`, `TOYBOX=${toolOrFail('toybox')}`, `MKSH=${toolOrFail('mksh')}`];
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  const [program = '', ...args] = [...asRoot, ...namespaces, 'env', ...variables, 'bash', '-c', SET_UP];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  const shell = async (command: string, stdin = ''): Promise<{ status: number; output: string }> => {
    child.stdin.write(`${encode(command)} ${encode(stdin)}\n`);
    const [status = '', output = ''] = String((await lines.next()).value).split(' ');
    return { status: Number(status), output: Buffer.from(output, 'base64').toString() };
  };
  return {
    shell,
    appView: async (path) =>
      (await shell(`nsenter --mount=/proc/$(pidof zygote64)/ns/mnt -- sh -c 'ls ${path} && cat ${path}/0*'`))
        .output,
    [Symbol.asyncDispose]: () => end(child),
  };
}

const encode = (text: string): string => Buffer.from(text).toString('base64');

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, 'close');
}
