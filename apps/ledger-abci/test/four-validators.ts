import {join} from 'node:path';
import {startAbciServer} from '@vitalvault/abci';
import type {AbciApplication, AbciCall, AbciServer} from '@vitalvault/abci';
import {CometNode, genesisJson} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {REMEMBERING_PORTS, testGenesis} from '@vitalvault/ledger-state/testing';
import {createApplication} from '../src/application.js';
import {LedgerSpans} from '../src/ledger-spans.js';
import {Ledger} from '../src/ledger.js';
import {LedgerStore} from '../src/store/ledger-store.js';

const log = {info: () => undefined, warn: () => undefined, error: () => undefined};
const ORGANISATIONS = ['hospital', 'clinic', 'east', 'west'];

/** One of four: real CometBFT, and the ledger's own application in this process. */
export interface Validator {
  readonly comet: CometNode;
  readonly home: string;
  readonly ledger: Ledger;
  readonly server: AbciServer;
  readonly store: LedgerStore;
  /** What CometBFT asked, in order. */
  readonly calls: readonly AbciCall[];
}

export interface FourValidators {
  readonly dir: string;
  readonly chainId: string;
  /** The cometbft program of each place. */
  readonly binaries: readonly string[];
  readonly timeoutProposeMs: number;
  /** What stands between CometBFT and the application of a place. */
  readonly between: (honest: AbciApplication, place: number) => AbciApplication;
  readonly onFatal: (error: Error) => void;
}

/** Starts four validators that are peers of one another. */
export async function startFourValidators(options: FourValidators): Promise<Validator[]> {
  const validators = await Promise.all(options.binaries.map((binary, place) => startOne(options, binary, place)));
  const keys = validators.map(({comet}) => comet.publicKey);
  const genesis = genesisJson(options.chainId, testGenesis(ORGANISATIONS, undefined, keys), LIMITS.cometBlockBytes);
  try {
    await Promise.all(
      validators.map(({comet}) => {
        const peers = validators.filter((one) => one.comet !== comet).map((one) => one.comet.address);
        return comet.start(genesis, peers);
      }),
    );
  } catch (error) {
    await stopValidators(validators);
    throw error;
  }
  return validators;
}

async function startOne(
  {dir, timeoutProposeMs, between, onFatal}: FourValidators,
  binary: string,
  place: number,
): Promise<Validator> {
  const home = join(dir, String(place));
  const socketPath = join(dir, `${String(place)}.sock`);
  const comet = await CometNode.create({binary, home, socketPath, timeoutProposeMs});
  const {store, recovered} = LedgerStore.open({dir: join(home, 'state'), snapshotBlocks: 1_000});
  const ledger = new Ledger(store, recovered, REMEMBERING_PORTS.verify);
  const application = between(createApplication(ledger, new LedgerSpans()), place);
  const calls: AbciCall[] = [];
  const server = await startAbciServer({
    socketPath,
    application,
    log,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal,
    onCall: (call) => {
      calls.push(call);
    },
  });
  return {comet, home, ledger, server, store, calls};
}

export async function stopValidators(validators: readonly Validator[]): Promise<void> {
  for (const {comet, server, store} of validators) {
    await comet.stop();
    await server.close();
    await store.close();
  }
}
