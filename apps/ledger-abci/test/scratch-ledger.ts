import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {AbciApplication, RequestFinalizeBlock, RequestInitChain} from '@vitalvault/abci';
import {LIMITS} from '@vitalvault/contracts';
import type {Verify} from '@vitalvault/ledger-state';
import {REMEMBERING_PORTS, TEST_CHAIN, TEST_TIME, testGenesis} from '@vitalvault/ledger-state/testing';
import {createApplication} from '../src/application.js';
import {Ledger} from '../src/ledger.js';
import type {FileCalls} from '../src/store/durable-file.js';
import {LedgerStore} from '../src/store/ledger-store.js';
import type {Recovered} from '../src/store/recover.js';
import {LedgerSpans} from '../src/ledger-spans.js';

/** A directory that goes away with the spec. */
export function scratchDir(): {path: string; remove: () => void} {
  const path = mkdtempSync(join(tmpdir(), 'vv-ledger-'));
  return {
    path,
    remove: () => {
      rmSync(path, {recursive: true, force: true});
    },
  };
}

export interface RunningLedger {
  readonly ledger: Ledger;
  readonly application: AbciApplication;
  readonly recovered: Recovered;
  /** As a kill would: what is not durable is lost. */
  readonly close: () => Promise<void>;
  /** Commit of what was executed last; waits for a snapshot that was due. */
  readonly commit: () => Promise<void>;
  /** FinalizeBlock and Commit of the next height. @returns the app hash */
  readonly block: (txs: readonly Uint8Array[]) => Promise<Uint8Array>;
  /** Codes of the last block. */
  readonly codes: () => number[];
}

/**
 * The application over a store on disk, without a socket. InitChain comes when there is no block, as CometBFT would.
 */
export async function openLedger(
  dir: string,
  options: {snapshotBlocks?: number; calls?: Partial<FileCalls>; verify?: Verify; nowMs?: () => number} = {},
): Promise<RunningLedger> {
  const {verify = REMEMBERING_PORTS.verify, nowMs, ...others} = options;
  const {store, recovered} = LedgerStore.open({dir, snapshotBlocks: 1_000, snapshotRemainder: 0, ...others});
  const ledger = new Ledger(store, recovered, verify);
  const application = createApplication(ledger, new LedgerSpans(), undefined, nowMs);
  if (recovered.tip === undefined) await application.initChain(initChainRequest());
  let codes: number[] = [];
  const commit = async (): Promise<void> => {
    await application.commit({} as never);
    await store.idle();
  };
  return {
    ledger,
    application,
    recovered,
    close: () => store.close(),
    commit,
    block: async (txs) => {
      const answer = await application.finalizeBlock(blockRequest((ledger.tip?.height ?? 0n) + 1n, txs));
      codes = answer.txResults?.map(({code}) => code ?? 0) ?? [];
      await commit();
      return answer.appHash as Uint8Array;
    },
    codes: () => codes,
  };
}

export function initChainRequest(genesis = testGenesis(['hospital', 'clinic'])): RequestInitChain {
  const appStateBytes = Buffer.from(JSON.stringify(Buffer.from(genesis).toString('base64')));
  return {
    chainId: TEST_CHAIN,
    initialHeight: 1n,
    time: {seconds: TEST_TIME},
    validators: [],
    consensusParams: {
      block: {maxBytes: BigInt(LIMITS.cometBlockBytes), maxGas: -1n},
      evidence: {maxBytes: BigInt(LIMITS.cometEvidenceBytes)},
    },
    appStateBytes,
  } as unknown as RequestInitChain;
}

/** Blocks are a second apart, as those of TestLedger. */
export function blockRequest(height: bigint, txs: readonly Uint8Array[]): RequestFinalizeBlock {
  return {
    height,
    time: {seconds: TEST_TIME + height},
    txs: [...txs],
    misbehavior: [],
  } as unknown as RequestFinalizeBlock;
}
