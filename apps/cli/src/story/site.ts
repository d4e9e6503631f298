/** The stores that hold what the platform keeps. */
export const STORES = ['kafka', 'postgres', 'ipfs', 'chain', 'logs', 'spans'] as const;
export type StoreName = (typeof STORES)[number];

/** How the story reaches what a user never touches: processes to kill, disks to look into. Processes here, a cluster later. */
export interface Site {
  /** SIGKILL: no chance to tidy up. Returns when the process is gone. */
  kill(name: string): Promise<void>;
  /** Returns when the process is ready. */
  start(name: string): Promise<void>;
  running(): Promise<string[]>;
  /** Directories and files of a store, as they lie on disk. */
  paths(store: StoreName): string[];
  /** The file in which an IPFS peer (from 0) keeps a block, if it has it. */
  blockFile(peer: number, cid: string): string | undefined;
  /** The Collector's output. */
  spansFile: string;
  /** Sum of PSS of every process of the system; MiB. */
  memoryMiB(): number;
}
