// Issues many certificates through the library as a program of its own, and prints the most memory that it had: HOME COUNT
import { openAuthority } from '../src/index.ts';

const [home = '', count = ''] = process.argv.slice(2);
const authority = await openAuthority({ home });

function* requests() {
  for (let index = 0; index < Number(count); index++) yield { names: [`host-${index}.test`] };
}

let issued = 0;
for await (const { keyPem } of authority.issueMany(requests())) if (keyPem !== '') issued++;
process.stdout.write(JSON.stringify({ issued, mebibytes: process.resourceUsage().maxRSS / 1024 }));
