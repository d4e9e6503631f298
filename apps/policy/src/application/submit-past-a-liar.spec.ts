import {CODE} from '@vitalvault/contracts';
import {PEOPLE, TEST_CHAIN, enrolPatient, testOrganisation} from '@vitalvault/ledger-state/testing';
import {LedgerClient} from '@vitalvault/ledger-client';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {FakeChain} from '../../test/support/fake-chain.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {MemoryTraces} from '../../test/support/memory-traces.js';
import {TestValidators} from '../../test/support/test-validators.js';
import {standstill} from '../../test/support/standstill.js';
import {CometLedgerSource} from '../adapters/ledger/comet-ledger-source.js';
import {SubmitTransaction} from './submit-transaction.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const {patient, recovery} = PEOPLE;
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};

/** A node whose CheckTx gives always this code. */
async function mempool(code: number): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.end(JSON.stringify({jsonrpc: '2.0', id: 1, result: {code, data: '', log: '', hash: ''}}));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a posted transaction that the first node refuses', () => {
  const opened: Server[] = [];
  const clients: LedgerClient[] = [];

  async function submitThrough(...codes: number[]) {
    const servers = await Promise.all(codes.map(mempool));
    opened.push(...servers);
    const rpcUrls = servers.map((one) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`);
    const client = new LedgerClient({rpcUrls, log});
    clients.push(client);
    const store = new MemoryProjectionStore();
    const submit = new SubmitTransaction(
      {chainId: TEST_CHAIN},
      {
        ledger: new CometLedgerSource(client, [], new TestValidators(TEST_CHAIN).trust),
        projection: store,
        traces: new MemoryTraces(),
        outcomes: new TransactionOutcomes(store),
        follower: standstill(),
      },
    );
    const {ledger} = new FakeChain(1_704_067_200n);
    return () =>
      submit.execute(
        ledger.tx(enrolPatient(patient, recovery), [testOrganisation('hospital').sponsor, patient, recovery]),
        {wait: false},
      );
  }

  afterEach(() => {
    for (const one of clients.splice(0)) one.close();
    for (const one of opened.splice(0)) {
      one.closeAllConnections();
      one.close();
    }
  });

  it.each([['notAuthorised'], ['nonceUsed'], ['badSignature'], ['quota'], ['internal']] as const)(
    'with %s is taken by the next',
    async (code) => {
      const send = await submitThrough(CODE[code], CODE.ok, CODE.ok, CODE.ok);
      for (let i = 0; i < 4; i++) expect(await send()).toHaveProperty('txId');
    },
  );

  it('is refused when the second says so too', async () => {
    const send = await submitThrough(CODE.quota, CODE.quota, CODE.ok, CODE.ok);
    await expect(send()).rejects.toMatchObject({code: 'tx-refused', meta: {code: CODE.quota}});
  });
});
