import {join} from 'node:path';

/** Where what lies below the cluster's directory. */
export class Layout {
  constructor(readonly root: string) {}
  readonly pki = (name: string): string => join(this.root, 'pki', name);
  readonly kubeconfig = (user: string): string => join(this.root, 'kubeconfig', `${user}.conf`);
  readonly log = (process: string): string => join(this.root, 'log', `${process}.log`);
  readonly record = (process: string): string => join(this.root, 'run', `${process}.json`);
  readonly config = (file: string): string => join(this.root, 'config', file);
  readonly data = (of: string): string => join(this.root, 'data', of);

  /** How the machine was before; kept until everything is undone. */
  get before(): string {
    return join(this.root, 'before.json');
  }
  /** What a user of the cluster needs to know; there when it is up. */
  get description(): string {
    return join(this.root, 'cluster.json');
  }
  get containerd(): string {
    return join(this.root, 'run', 'containerd.sock');
  }
  get volumes(): string {
    return this.data('volumes');
  }
  get images(): string {
    return this.data('images');
  }
  get folders(): string[] {
    return [
      'pki',
      'kubeconfig',
      'log',
      'run',
      'config',
      'config/cni',
      'data',
      'data/etcd',
      'data/kubelet',
      'data/pods-log',
      'data/images',
      'data/volumes',
    ].map((name) => join(this.root, name));
  }
}
