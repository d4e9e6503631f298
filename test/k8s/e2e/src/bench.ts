import type {Cluster} from '#cluster/use/cluster.js';
import type {Helm} from './helm.js';
import type {Load} from './load/load.js';
import type {Report} from './report.js';

/** What every step works with. */
export interface Bench {
  cluster: Cluster;
  helm: Helm;
  report: Report;
  /** Directory of this run on this machine. */
  data: string;
  /** The device that posts from step 4 on. */
  load?: Load;
}

export interface Step {
  name: string;
  title: string;
  run: (bench: Bench) => Promise<void>;
}

export const NAMESPACE = 'vitalvault-e2e';
export const RELEASE = 'demo';
export const FULLNAME = 'demo-vitalvault';
export const VALIDATORS = 4;
