import { certificatePlans } from './certificate-scenarios.ts';
import { clientPlans } from './client-scenarios.ts';
import { FaultyPki } from './faulty-pki.ts';
import type { Case, Material } from './scenario.ts';
import { transportPlans } from './transport-scenarios.ts';

/** An authority whose root every client of the tests trusts. */
export function makeMaterial(folder: string): Material {
  const pki = new FaultyPki(folder, new Date());
  const root = pki.issue('devca fault root', undefined, { ca: true });
  pki.write({ ...root, name: 'root' });
  return { pki, root, intermediate: pki.issue('devca fault intermediate', root, { ca: 0 }) };
}

/** Certificates and servers for every fault, all of them started. */
export async function startScenarios(folder: string, omit: readonly string[] = []): Promise<Case[]> {
  const material = makeMaterial(folder);
  const plans = [...certificatePlans(material), ...clientPlans(material), ...transportPlans(material)];
  return Promise.all(
    plans
      .filter((plan) => !omit.includes(plan.id))
      .map(async ({ start, ...plan }) => {
        const server = await start();
        const usual = { host: 'localhost', scheme: 'https', trust: `${folder}/root.pem` } as const;
        return { ...usual, ...plan, server, port: server.port };
      }),
  );
}
