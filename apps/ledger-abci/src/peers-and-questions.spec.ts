import {jest} from '@jest/globals';
import {startAbciServer} from '@vitalvault/abci';
import {AbciConnection} from '@vitalvault/abci/testing';
import {CODE, LIMITS, STATE_KIND, decodeCanonical, encodeCanonical, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {testGenesis} from '@vitalvault/ledger-state/testing';
import {join} from 'node:path';
import {openLedger, scratchDir} from '../test/scratch-ledger.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const ASKERS = 600;
/** Proofs made while a peer waited: there were those of all askers. */
const PROOFS_BEFORE_A_PEER = ASKERS / 2;
/**
 * What a look at the clock moves it, so that a proof takes 20 ms and a refusal 10 on every machine: by real time a
 * fast one made more proofs of what may be taken at once than this counts.
 */
const LOOK_MS = 10;
const PEERS = 12;

test('a peer that comes behind the questions of 600 askers is answered in time; who has to come again is told so', async () => {
  const dir = scratchDir();
  let ms = 0;
  const node = await openLedger(dir.path, {nowMs: () => (ms += LOOK_MS)});
  await node.block([]);
  const socketPath = join(dir.path, 'app.sock');
  const server = await startAbciServer({
    socketPath,
    application: node.application,
    log,
    onFatal: () => undefined,
    maxMessageBytes: LIMITS.abciMessageBytes,
  });
  // As CometBFT does: one connection for all that is asked over RPC, and for peers.
  const connection = await AbciConnection.open(socketPath);
  const [{validators} = {validators: []}] = decodeCanonical(
    GenesisSchema,
    testGenesis(['hospital', 'clinic']),
  ).organisations;
  const keys = Array.from({length: LIMITS.proofKeys}, (_, i) => ({kind: STATE_KIND.grant, parts: [Buffer.from([i])]}));
  const question = {path: '/proofs', data: encodeCanonical(ProofRequestSchema, {keys}), height: 0n};
  const codes = new Map<number, number>();
  let stopped = false;
  // Who is answered asks again at once.
  const asker = async (): Promise<void> => {
    while (!stopped) {
      const {value} = await connection.ask({case: 'query', value: question});
      const {code} = value as {code: number};
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };
  const askers = Array.from({length: ASKERS}, asker);
  const proofs = (): number => codes.get(CODE.ok) ?? 0;
  let mostBefore = 0;
  for (let peer = 0; peer < PEERS; peer++) {
    const before = proofs();
    const {value} = await connection.ask({
      case: 'query',
      value: {path: `/p2p/filter/id/${toHex(validators[0]?.nodeId ?? new Uint8Array())}`},
    });
    mostBefore = Math.max(mostBefore, proofs() - before);
    expect(value).toMatchObject({code: CODE.ok});
  }
  stopped = true;
  await Promise.all(askers);
  connection.close();
  await server.close();
  await node.close();
  dir.remove();
  expect(mostBefore).toBeLessThan(PROOFS_BEFORE_A_PEER);
  expect([...codes.keys()].toSorted((a, b) => a - b)).toEqual([CODE.ok, CODE.quota]);
}, 60_000);
