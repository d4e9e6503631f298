import {readFile, writeFile} from 'node:fs/promises';
import {stringify} from 'yaml';
import type {Layout} from '../layout.js';
import {API_SERVER} from '../network.js';
import {USERS} from './certificates.js';

/** A kubeconfig for each client, with its certificate in it. */
export async function writeKubeconfigs(layout: Layout): Promise<void> {
  const base64 = async (file: string) => (await readFile(layout.pki(file))).toString('base64');
  const authority = await base64('ca.crt');
  for (const user of Object.keys(USERS)) {
    const text = stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{name: 'vitalvault', cluster: {server: API_SERVER, 'certificate-authority-data': authority}}],
      users: [
        {
          name: user,
          user: {
            'client-certificate-data': await base64(`${user}.crt`),
            'client-key-data': await base64(`${user}.key`),
          },
        },
      ],
      contexts: [{name: 'vitalvault', context: {cluster: 'vitalvault', user}}],
      'current-context': 'vitalvault',
    });
    await writeFile(layout.kubeconfig(user), text, {mode: 0o600});
  }
}
