import {jest} from '@jest/globals';
import {LedgerClient} from '@vitalvault/ledger-client';
import {MadeUpNode} from '@vitalvault/ledger-client/testing';
import {MADE_UP_TRUST} from '@vitalvault/light-client/testing';
import {CometLedgerGateway} from './comet-ledger-gateway.js';

const HOUR_MS = 3_600_000;
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};

describe('which numbers of ours the ledger has seen', () => {
  let node: MadeUpNode;
  let served: {url: string; close: () => Promise<void>};
  let client: LedgerClient;
  let gateway: CometLedgerGateway;

  beforeEach(async () => {
    node = new MadeUpNode().run().run();
    served = await node.serve();
    client = new LedgerClient({rpcUrls: [served.url], log});
    gateway = new CometLedgerGateway(client, MADE_UP_TRUST);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    client.close();
    await served.close();
  });

  it.each([-HOUR_MS, 0, HOUR_MS])('is told to a service whose clock is wrong by %d ms', async (wrongMs) => {
    const right = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => right() + wrongMs);
    expect(await gateway.highestNonce('ab'.repeat(20), node.height - 1n)).toBe(0n);
  });

  it('is told of a state as new as asked for, once there is one', async () => {
    const asked = gateway.highestNonce('ab'.repeat(20), node.height);
    const first = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))]);
    expect(first).toBe('waits');
    node.run();
    expect(await asked).toBe(0n);
  });
});
