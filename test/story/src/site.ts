import type {KafkaConfig} from 'kafkajs';

/** The stores that hold what the platform keeps. */
export const STORES = ['kafka', 'postgres', 'ipfs', 'chain', 'logs', 'spans'] as const;
export type StoreName = (typeof STORES)[number];

/** How much memory the system takes, and how that was measured. */
export interface SiteMemory {
  mebibytes: number;
  how: string;
}

/**
 * How the story reaches what a user never touches: parts to kill, disks to look into, front doors of the engines.
 * Processes or a cluster.
 */
export interface Site {
  /** As hard as can be, with no chance to tidy up. Returns when it is gone. */
  kill(name: string): Promise<void>;
  /** Returns when it is ready. */
  start(name: string): Promise<void>;
  /** Names of the parts that run: ingest, validator-0, kafka, otel, … */
  running(): Promise<string[]>;
  /** Directories and files of this machine that hold the bytes of a store as they are on its disks now. */
  contents(store: StoreName): Promise<string[]>;
  /** A block as the disk of an IPFS peer (from 0) has it, if it has it. */
  readBlock(peer: number, cid: string): Promise<Buffer | undefined>;
  /** Overwrites it behind the engine's back. */
  writeBlock(peer: number, cid: string, bytes: Buffer): Promise<void>;
  /** A file of this machine with every span that the Collector has written by now. */
  spansFile(): Promise<string>;
  memory(): Promise<SiteMemory>;
  /** Seconds that the last start took until everything was ready, if somebody wrote it down. */
  startSeconds(): number | undefined;
  /** File with the sponsor key of the organisation that runs the stack. */
  sponsorKey(): string;
  /** How a client of its own reaches Kafka. */
  kafka(): Pick<KafkaConfig, 'brokers' | 'socketFactory'>;
  /** URL of a database in which it may make a table. */
  postgres(): string;
  /** In the story's words. */
  readonly howItKills: string;
  /** What to type to look at the system afterwards. */
  readonly lookNext: string;
  /** Takes back what it laid out for the story: keys, copies of stores, forwarded ports. */
  close(): void;
}
