import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {runProcess} from './run-process.js';

/** Files (PEM) of an authority and of a server at 127.0.0.1 that it signed; the server has no other name. */
export interface TestCertificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes a fresh authority and a server's certificate in `dir`, valid for so many days. Takes the program openssl. */
export async function testCertificates(
  dir: string,
  {authorityDays = 2, serverDays = 2}: {readonly authorityDays?: number; readonly serverDays?: number} = {},
): Promise<TestCertificates> {
  await mkdir(dir, {recursive: true});
  const [ca, caKey, certificate, key, request, names] = [
    'ca.pem',
    'ca.key',
    'server.pem',
    'server.key',
    'server.csr',
    'names',
  ].map((name) => join(dir, name)) as [string, string, string, string, string, string];
  await writeFile(names, 'subjectAltName=IP:127.0.0.1\n');
  const ofAuthority = ['-days', String(authorityDays), '-subj', '/CN=test authority'];
  await openssl('req', '-x509', ...NEW_KEY, '-keyout', caKey, '-out', ca, ...ofAuthority);
  await openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', '/CN=test server');
  await openssl(
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    ca,
    '-CAkey',
    caKey,
    '-CAcreateserial',
    '-out',
    certificate,
    '-days',
    String(serverDays),
    '-extfile',
    names,
  );
  return {ca, certificate, key};
}

async function openssl(...args: string[]): Promise<void> {
  const {code, stderr} = await runProcess({command: 'openssl', args});
  if (code !== 0) throw new Error(`openssl ${args[0] ?? ''}: ${stderr}`);
}
