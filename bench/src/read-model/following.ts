import type {BlockSource} from '@vitalvault/ledger-client';
import {LedgerClient, verifiedBlocks} from '@vitalvault/ledger-client';
import type {ChainTrust} from '@vitalvault/light-client';
import {MADE_UP_TRUST} from '@vitalvault/light-client/testing';
import {acceptsEd25519} from '@vitalvault/process';
import type {Standstill} from '@vitalvault/process';

/** In the validators of made chains, as a service reads it. */
export const TRUST: ChainTrust = {...MADE_UP_TRUST, accepts: acceptsEd25519};

/** What a follower of a service is made with: it tells where it is, and what ends it. */
export interface FollowerParts {
  readonly client: BlockSource;
  readonly standstill: Pick<Standstill, 'stopped' | 'goesOn'>;
}

interface Follower {
  start(): void;
  stop(): Promise<void>;
}

/** One service's read model of a chain: its follower with its client, over its database. */
export interface ReadModel {
  /** Height of the newest block whose effect is stored. */
  height(): Promise<bigint>;
  /** The follower as the service starts it. @param ledger the client that it is given */
  follower(parts: FollowerParts, ledger: LedgerClient): Follower;
  close(): Promise<void>;
}

const POLL_MS = 20;

/** Follows the chain of a node up to this height. @throws what the follower stands at */
export async function catchUp(
  model: ReadModel,
  {url, trust, height}: {url: string; trust: ChainTrust; height: bigint},
): Promise<void> {
  const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};
  const ledger = new LedgerClient({rpcUrls: [url], log: quiet});
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => undefined);
  const standstill = {
    stopped: (_at: string, error: unknown) => {
      stopped.reject(error);
    },
    goesOn: () => undefined,
  };
  const follower = model.follower({client: verifiedBlocks(ledger, trust), standstill}, ledger);
  follower.start();
  const there = async (): Promise<void> => {
    while ((await model.height()) < height) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  };
  try {
    await Promise.race([there(), stopped.promise]);
  } finally {
    await follower.stop();
    ledger.close();
  }
}
