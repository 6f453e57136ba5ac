// Issues many certificates through the library as a program of its own, and prints the memory that is in
// use at the last of them, and the most that it had (garbage included, which the runtime lets lie while there is room):
// HOME COUNT, run with --expose-gc
import { openAuthority } from '../src/index.ts';

const [home = '', count = ''] = process.argv.slice(2);
const authority = await openAuthority({ home });

function* requests() {
  for (let index = 0; index < Number(count); index++) yield { names: [`host-${index}.test`] };
}

let issued = 0;
let inUse = 0;
for await (const { keyPem } of authority.issueMany(requests())) {
  if (keyPem !== '') issued++;
  if (issued < Number(count)) continue;
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.();
  inUse = process.memoryUsage().heapUsed / 2 ** 20;
}
process.stdout.write(JSON.stringify({ issued, inUse, peak: process.resourceUsage().maxRSS / 1024 }));
