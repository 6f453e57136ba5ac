// Run as a program of its own: `HOME FOLDER COUNT PREFIX` issues that many certificates through the library function
// and prints their serial numbers as JSON.
import { issueCertificates } from '../../src/authority/issue.ts';
import { realWorld } from '../../src/platform/world.ts';

const [home = '', out = '', count = '', prefix = ''] = process.argv.slice(2);

const requests = Array.from({ length: Number(count) }, (_, index) => ({
  names: [`${prefix}-${index}.test`],
  out,
}));
const { certificates } = await issueCertificates(requests, { home }, realWorld());
process.stdout.write(JSON.stringify(certificates.map(({ serialNumber }) => serialNumber)));
