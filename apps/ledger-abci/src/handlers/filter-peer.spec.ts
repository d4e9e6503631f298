import type {RequestQuery} from '@vitalvault/abci';
import {CODE, decodeCanonical, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {testGenesis} from '@vitalvault/ledger-state/testing';
import {openLedger, scratchDir} from '../../test/scratch-ledger.js';
import type {RunningLedger} from '../../test/scratch-ledger.js';

let dir: ReturnType<typeof scratchDir>;
let node: RunningLedger;
beforeEach(async () => {
  dir = scratchDir();
  node = await openLedger(dir.path);
});
afterEach(async () => {
  await node.close();
  dir.remove();
});

describe('peers', () => {
  const ask = async (path: string) =>
    (await node.application.query({path, data: new Uint8Array(0)} as RequestQuery)).code;
  const {validators} = decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic'])).organisations[0] ?? {};
  const named = toHex(validators?.[0]?.nodeId ?? new Uint8Array(0));

  test('are the nodes that the genesis names, before the first block and after it', async () => {
    expect(await ask(`/p2p/filter/id/${named}`)).toBe(CODE.ok);
    await node.block([]);
    expect(await ask(`/p2p/filter/id/${named}`)).toBe(CODE.ok);
    expect(await ask(`/p2p/filter/id/${'ab'.repeat(20)}`)).toBe(CODE.notAuthorised);
  });

  test('may come from any address: the id decides', async () => {
    expect(await ask('/p2p/filter/addr/203.0.113.7:26656')).toBe(CODE.ok);
  });

  test.each(['', named.toUpperCase(), named.slice(2), `${named}00`, `${named}/`, `${named}?`, `../${named}`])(
    'a question about %j is answered no',
    async (id) => {
      expect(await ask(`/p2p/filter/id/${id}`)).toBe(CODE.notAuthorised);
    },
  );

  test.each(['/p2p/filter/', '/p2p/filter/id', '/p2p/filter/name/x'])('%s is answered no', async (path) => {
    expect(await ask(path)).toBe(CODE.notAuthorised);
  });
});
