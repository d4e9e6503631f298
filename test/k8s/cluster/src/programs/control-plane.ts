import {inherited} from '../config.js';
import type {Layout} from '../layout.js';
import {API_SERVER, NETWORK, NODE_NAME, PORTS} from '../network.js';
import {flags} from './program.js';
import type {Program} from './program.js';

const ISSUER = `https://kubernetes.default.svc.${NETWORK.domain}`;
const ETCD = `https://${NETWORK.node}:${PORTS.etcd}`;
const ETCD_PEER = `https://${NETWORK.node}:${PORTS['etcd (peer)']}`;

export function etcd(layout: Layout): Program {
  const tls = {
    'cert-file': layout.pki('etcd.crt'),
    'key-file': layout.pki('etcd.key'),
    'trusted-ca-file': layout.pki('etcd-ca.crt'),
    'client-cert-auth': true,
  };
  const peer = Object.fromEntries(Object.entries(tls).map(([name, value]) => [`peer-${name}`, value]));
  return {
    name: 'etcd',
    command: 'etcd',
    env: inherited(),
    args: flags({
      name: NODE_NAME,
      'data-dir': layout.data('etcd'),
      ...tls,
      ...peer,
      'listen-client-urls': ETCD,
      'advertise-client-urls': ETCD,
      'listen-peer-urls': ETCD_PEER,
      'initial-advertise-peer-urls': ETCD_PEER,
      'initial-cluster': `${NODE_NAME}=${ETCD_PEER}`,
    }),
  };
}

/** `binaries` is the folder of the built Kubernetes programs. */
export function apiServer(layout: Layout, binaries: string): Program {
  return {
    name: 'kube-apiserver',
    command: `${binaries}/kube-apiserver`,
    env: inherited(),
    args: flags({
      'bind-address': NETWORK.node,
      'advertise-address': NETWORK.node,
      'secure-port': PORTS['kube-apiserver'],
      'tls-cert-file': layout.pki('apiserver.crt'),
      'tls-private-key-file': layout.pki('apiserver.key'),
      'client-ca-file': layout.pki('ca.crt'),
      'etcd-servers': ETCD,
      'etcd-cafile': layout.pki('etcd-ca.crt'),
      'etcd-certfile': layout.pki('apiserver-etcd-client.crt'),
      'etcd-keyfile': layout.pki('apiserver-etcd-client.key'),
      'kubelet-client-certificate': layout.pki('apiserver-kubelet-client.crt'),
      'kubelet-client-key': layout.pki('apiserver-kubelet-client.key'),
      'kubelet-certificate-authority': layout.pki('ca.crt'),
      'kubelet-preferred-address-types': 'InternalIP',
      'service-cluster-ip-range': NETWORK.services,
      'service-account-issuer': ISSUER,
      'service-account-key-file': layout.pki('service-account.pub'),
      'service-account-signing-key-file': layout.pki('service-account.key'),
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction,PodSecurity',
      'anonymous-auth': false,
      'allow-privileged': false,
      profiling: false,
    }),
  };
}

export function controllerManager(layout: Layout, binaries: string): Program {
  const kubeconfig = layout.kubeconfig('kube-controller-manager');
  return {
    name: 'kube-controller-manager',
    command: `${binaries}/kube-controller-manager`,
    env: inherited(),
    args: flags({
      kubeconfig,
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'bind-address': NETWORK.node,
      'secure-port': PORTS['kube-controller-manager'],
      'service-account-private-key-file': layout.pki('service-account.key'),
      'root-ca-file': layout.pki('ca.crt'),
      'use-service-account-credentials': true,
      'leader-elect': false,
      'enable-dynamic-provisioning': false,
      profiling: false,
    }),
  };
}

export function scheduler(layout: Layout, binaries: string): Program {
  const kubeconfig = layout.kubeconfig('kube-scheduler');
  return {
    name: 'kube-scheduler',
    command: `${binaries}/kube-scheduler`,
    env: inherited(),
    args: flags({
      kubeconfig,
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'bind-address': NETWORK.node,
      'secure-port': PORTS['kube-scheduler'],
      'leader-elect': false,
      profiling: false,
    }),
  };
}

/** The address that tells whether a part of the control plane is there, asked with the administrator's certificate. */
export const READY = `${API_SERVER}/readyz`;
