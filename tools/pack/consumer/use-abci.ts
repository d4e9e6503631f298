import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ProposalStatus, startAbciServer} from '@vitalvault/abci';
import type {AbciApplication, AbciLog} from '@vitalvault/abci';

const application: AbciApplication = {
  info: () => ({lastBlockHeight: 7n}),
  query: () => ({code: 0}),
  checkTx: () => ({code: 0}),
  initChain: () => ({}),
  prepareProposal: ({txs}) => ({txs}),
  processProposal: () => ({status: ProposalStatus.ACCEPT}),
  finalizeBlock: ({txs}) => ({txResults: txs.map(() => ({code: 0})), appHash: new Uint8Array(32)}),
  commit: () => ({}),
};
const silent = (): void => undefined;
const log: AbciLog = {info: silent, warn: silent, error: silent};

/** Bytes of a Request or Response, length first, as CometBFT writes them. */
const ECHO = Buffer.from([0x06, 0x0a, 0x04, 0x0a, 0x02, 0x68, 0x69]);
const FLUSH = Buffer.from([0x02, 0x12, 0x00]);
const ECHOED = Buffer.from([0x06, 0x12, 0x04, 0x0a, 0x02, 0x68, 0x69]);

/** An application that CometBFT could speak to: it is asked for an echo, by hand. */
export async function useAbci(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'vv-consumer-'));
  const [socketPath, maxMessageBytes] = [join(directory, 'app.sock'), 1 << 20];
  const onFatal = (error: Error): void => {
    throw error;
  };
  const server = await startAbciServer({socketPath, application, log, onFatal, maxMessageBytes});
  try {
    const socket = connect(socketPath);
    socket.write(Buffer.concat([ECHO, FLUSH]));
    const answer = await new Promise<Buffer>((resolve, reject) => {
      socket.once('data', resolve);
      socket.once('error', reject);
    });
    assert.deepEqual(answer.subarray(0, ECHOED.length), ECHOED);
    socket.destroy();
  } finally {
    await server.close();
    rmSync(directory, {recursive: true});
  }
  return 'abci: a server on a unix socket answers';
}
