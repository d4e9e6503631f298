import type {RequestInitChain} from '@vitalvault/abci';
import {InvalidGenesisError} from '@vitalvault/light-client';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {openLedger, scratchDir} from '../../test/scratch-ledger.js';
import type {RunningLedger} from '../../test/scratch-ledger.js';

interface Document {
  chain_id: string;
  genesis_time?: string;
  initial_height: string;
  consensus_params: {
    block?: {max_bytes: string};
    evidence: {max_bytes?: string};
    abci?: {vote_extensions_enable_height?: string | null} | null;
  };
  validators?: unknown[];
  app_state?: unknown;
}
const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../test/vectors/genesis.json'), 'utf8'),
) as {taken: {what: string; document: Document}[]; refused: {why: string; document: Document}[]};

const dir = scratchDir();
let node: RunningLedger;
beforeAll(async () => {
  node = await openLedger(dir.path);
});
afterAll(async () => {
  await node.close();
  dir.remove();
});

/** Go's zero time, where CometBFT reads none: this far back. It refuses what is no time itself. */
const ZERO_TIME = -62_135_596_800n;
function secondsOf(time = ''): bigint {
  return /^\d{4}-/.test(time) ? BigInt(Math.floor(Date.parse(time) / 1_000)) : ZERO_TIME;
}

/** What CometBFT makes of a genesis file. */
const requestOf = ({consensus_params: params, ...document}: Document): RequestInitChain =>
  ({
    chainId: document.chain_id,
    initialHeight: BigInt(document.initial_height),
    time: {seconds: secondsOf(document.genesis_time)},
    validators: document.validators ?? [],
    consensusParams: {
      ...(params.block && {block: {maxBytes: BigInt(params.block.max_bytes)}}),
      evidence: {maxBytes: BigInt(params.evidence.max_bytes ?? 0)},
      abci: {voteExtensionsEnableHeight: BigInt(params.abci?.vote_extensions_enable_height ?? 0)},
    },
    appStateBytes: Buffer.from(document.app_state === undefined ? '' : JSON.stringify(document.app_state)),
  }) as unknown as RequestInitChain;

test.each(vectors.taken)('takes $what', async ({document}) => {
  expect((await node.application.initChain(requestOf(document))).validators?.length).toBeGreaterThan(0);
});

test.each(vectors.refused)('refuses $why', ({document}) => {
  expect(() => node.application.initChain(requestOf(document))).toThrow(InvalidGenesisError);
});
