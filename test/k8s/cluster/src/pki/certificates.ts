import {chmod, writeFile} from 'node:fs/promises';
import type {Layout} from '../layout.js';
import {NETWORK, NODE_NAME} from '../network.js';
import {run} from '../run.js';

interface Certificate {
  name: string;
  /** Its user (CN) and groups (O), as RBAC knows them. */
  user: string;
  group?: string;
  use: 'clientAuth' | 'serverAuth' | 'serverAuth,clientAuth';
  names?: string;
}

const API_NAMES = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  `kubernetes.default.svc.${NETWORK.domain}`,
  'localhost',
];
const at = (...addresses: string[]) => addresses.map((address) => `IP:${address}`);

/** The clients that have a kubeconfig. */
export const USERS = {
  admin: {user: 'admin', group: 'system:masters'},
  'kube-controller-manager': {user: 'system:kube-controller-manager'},
  'kube-scheduler': {user: 'system:kube-scheduler'},
  'kube-proxy': {user: 'system:kube-proxy'},
  kubelet: {user: `system:node:${NODE_NAME}`, group: 'system:nodes'},
} as const;

const CERTIFICATES: readonly Certificate[] = [
  ...Object.entries(USERS).map(([name, user]) => ({name, ...user, use: 'clientAuth' as const})),
  {
    name: 'apiserver',
    user: 'kube-apiserver',
    use: 'serverAuth',
    names: [...API_NAMES.map((name) => `DNS:${name}`), ...at(NETWORK.apiService, NETWORK.node)].join(','),
  },
  {name: 'apiserver-kubelet-client', user: 'kube-apiserver-kubelet-client', group: 'system:masters', use: 'clientAuth'},
  {
    name: 'kubelet-serving',
    user: `system:node:${NODE_NAME}`,
    group: 'system:nodes',
    use: 'serverAuth',
    names: [`DNS:${NODE_NAME}`, ...at(NETWORK.node)].join(','),
  },
  {name: 'etcd', user: 'etcd', use: 'serverAuth,clientAuth', names: at(NETWORK.node).join(',')},
  {name: 'apiserver-etcd-client', user: 'kube-apiserver', use: 'clientAuth'},
];

// etcd trusts whoever its authority signed, so it has one of its own: a kubelet must not read the store.
const authorityOf = (name: string) => (name.includes('etcd') ? 'etcd-ca' : 'ca');
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * Makes the authorities, every certificate of the control plane, and the key that service account tokens are signed
 * with.
 */
export async function makeCertificates(layout: Layout): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, {cwd: layout.pki('')});
  for (const name of ['ca', 'etcd-ca']) {
    await openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-days',
      '30',
      '-subj',
      `/CN=vitalvault-k8s-${name}`,
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    );
  }
  for (const certificate of CERTIFICATES) await makeCertificate(layout, certificate, openssl);
  await openssl(
    'genpkey',
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-out',
    'service-account.key',
  );
  await openssl('pkey', '-in', 'service-account.key', '-pubout', '-out', 'service-account.pub');
  await chmod(layout.pki(''), 0o700);
}

async function makeCertificate(
  layout: Layout,
  {name, user, group, use, names}: Certificate,
  openssl: (...args: string[]) => Promise<string>,
): Promise<void> {
  const subject = `${group === undefined ? '' : `/O=${group}`}/CN=${user}`;
  const extensions = [
    `extendedKeyUsage=${use}`,
    'keyUsage=digitalSignature',
    ...(names === undefined ? [] : [`subjectAltName=${names}`]),
  ];
  const authority = authorityOf(name);
  await writeFile(layout.pki(`${name}.ext`), extensions.join('\n'));
  await openssl('req', '-new', ...NEW_KEY, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  await openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${authority}.crt`,
    '-CAkey',
    `${authority}.key`,
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.crt`,
  );
}
