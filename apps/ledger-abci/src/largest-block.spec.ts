import {join} from 'node:path';
import {ProposalStatus, startAbciServer} from '@vitalvault/abci';
import type {AbciServer} from '@vitalvault/abci';
import {AbciConnection} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {DEFAULT_PARAMETERS} from '@vitalvault/ledger-state/testing';
import {openLedger, scratchDir} from '../test/scratch-ledger.js';
import type {RunningLedger} from '../test/scratch-ledger.js';

const log = {info: () => undefined, warn: () => undefined, error: () => undefined};
const VALIDATORS = 200;
const TX_BYTES = 65_500;

let dir: ReturnType<typeof scratchDir>;
let node: RunningLedger;
let server: AbciServer;
let connection: AbciConnection;

beforeAll(async () => {
  dir = scratchDir();
  node = await openLedger(join(dir.path, 'state'));
  const socketPath = join(dir.path, 'app.sock');
  const maxMessageBytes = LIMITS.abciMessageBytes;
  server = await startAbciServer({
    socketPath,
    application: node.application,
    log,
    maxMessageBytes,
    maxProposalTxs: LIMITS.mempoolTxs,
    onFatal: (error) => {
      throw error;
    },
  });
  connection = await AbciConnection.open(socketPath);
});

afterAll(async () => {
  connection.close();
  await server.close();
  await node.close();
  dir.remove();
});

/** A block's whole limit as transactions, though header, commit and evidence would take their share of it. */
const wholeBlock = (): Uint8Array[] =>
  Array.from({length: Math.ceil(LIMITS.cometBlockBytes / (TX_BYTES + 4))}, () => new Uint8Array(TX_BYTES).fill(1));
const validator = {address: new Uint8Array(20).fill(1), power: 2n ** 60n};
const proposedLastCommit = {round: 1, votes: Array.from({length: VALIDATORS}, () => ({validator, blockIdFlag: 2}))};
const misbehavior = Array.from({length: 5_000}, () => ({
  type: 2,
  validator,
  height: 2n ** 62n,
  time: {seconds: 2n ** 34n, nanos: 999_999_999},
  totalVotingPower: 2n ** 62n,
}));
const header = {hash: new Uint8Array(32), nextValidatorsHash: new Uint8Array(32), proposerAddress: new Uint8Array(20)};

/** A framed ProcessProposal (field 17 of Request) of so many empty transactions (field 1). */
function proposalOf(count: number): Uint8Array {
  const txs = Buffer.alloc(count * 2, Buffer.from([0x0a, 0]));
  const message = Buffer.concat([Buffer.from([0x8a, 0x01]), varint(txs.length), txs]);
  return Buffer.concat([varint(message.length), message]);
}

const varint = (value: number): Buffer =>
  Buffer.from(value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);

describe('the largest block that CometBFT hands over', () => {
  test('is more than ours, and refused as a proposal on a connection that lives', async () => {
    expect(LIMITS.cometBlockBytes).toBeGreaterThan(DEFAULT_PARAMETERS.maxBlockBytes);
    const value = {...header, height: 1n, txs: wholeBlock(), proposedLastCommit, misbehavior};
    await expect(connection.ask({case: 'processProposal', value})).resolves.toMatchObject({
      case: 'processProposal',
      value: {status: ProposalStatus.REJECT},
    });
    expect(server.connections).toBe(1);
  });

  // Two bytes each in the block, a hundred as an object: the shipped heap holds less than two million.
  test('of more transactions than a pool holds costs no memory', async () => {
    const before = process.memoryUsage();
    connection.send(proposalOf(2_000_000));
    await expect(connection.ask({case: 'echo', value: {message: 'after'}})).resolves.toEqual(
      expect.objectContaining({
        case: 'processProposal',
        value: expect.objectContaining({status: ProposalStatus.REJECT}),
      }),
    );
    expect(process.memoryUsage().heapUsed - before.heapUsed).toBeLessThan(64 << 20);
    expect(server.connections).toBe(1);
  });

  test('with the whole pool in PrepareProposal too', async () => {
    const maxTxBytes = BigInt(LIMITS.cometBlockBytes);
    const value = {...header, height: 1n, maxTxBytes, txs: wholeBlock(), misbehavior};
    await expect(connection.ask({case: 'prepareProposal', value})).resolves.toMatchObject({case: 'prepareProposal'});
  });
});
