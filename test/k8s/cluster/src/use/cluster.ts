import {readFile} from 'node:fs/promises';
import {ClusterError} from '../cluster-error.js';
import {DEFAULT_DIRECTORY} from '../config.js';
import type {Engines} from '../engines.js';
import {importImages} from '../images/import-images.js';
import {Layout} from '../layout.js';
import {Kubectl} from './kubectl.js';

/** What `up` writes into cluster.json. */
export interface ClusterDescription {
  kubeconfig: string;
  node: string;
  /** Where the cluster's DNS answers, from this machine too. */
  dns: string;
  engines: Engines;
}

/** A cluster that is up, as a test uses it. */
export interface Cluster extends ClusterDescription {
  kubectl: Kubectl;
  /** Socket of its containerd. */
  containerd: string;
  /** Imports what `make images` built. @returns the references */
  importImages: () => Promise<string[]>;
}

/** @throws ClusterError if no cluster is up in `directory` */
export async function openCluster(directory = DEFAULT_DIRECTORY): Promise<Cluster> {
  const layout = new Layout(directory);
  const text = await readFile(layout.description, 'utf8').catch(() => {
    throw new ClusterError(`No cluster is up in ${directory}. Run: node test/k8s/cluster/main.mjs up`);
  });
  const description = JSON.parse(text) as ClusterDescription;
  return {
    ...description,
    kubectl: new Kubectl(`${description.engines.kubernetes}/kubectl`, description.kubeconfig),
    containerd: layout.containerd,
    importImages: () => importImages(layout),
  };
}
