// Captures the fixtures beside this file from four real CometBFT validators of unequal power:
//   node_modules/.bin/node libs/light-client/testdata/capture.ts <cometbft> <empty directory>
// The genesis with these validators is made by `npm run vectors`.
import {startAbciServer} from '@vitalvault/abci';
import {CometNode, Notebook, genesisJson} from '@vitalvault/abci/testing';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';

const [binary = '', dir = ''] = process.argv.slice(2);
const powers = [5n, 7n, 3n, 5n];
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};
const save = (name: string, text: string): Promise<void> => writeFile(join(import.meta.dirname, name), text);
const rpc = async <T>(node: CometNode, path: string): Promise<T> =>
  ((await (await fetch(`${node.rpcUrl}/${path}`)).json()) as {result: T}).result;
const heightOf = async (node: CometNode): Promise<number> =>
  Number((await rpc<{sync_info: {latest_block_height: string}}>(node, 'status')).sync_info.latest_block_height);
const until = async (node: CometNode, height: number): Promise<void> => {
  while ((await heightOf(node)) < height) await delay(100);
};
interface Commit {
  readonly signed_header: {readonly commit: {readonly signatures: readonly {readonly block_id_flag: number}[]}};
}
const commit = (height: number): Promise<Commit> => rpc(first, `commit?height=${String(height)}`);
const signedHeader = async (height: number): Promise<void> =>
  save(`block-${String(height)}.json`, JSON.stringify((await commit(height)).signed_header, null, 1));

const node = (name: string): Promise<CometNode> =>
  CometNode.create({binary, home: join(dir, name), socketPath: join(dir, `${name}.sock`)});
const [first, second, third, fourth] = [await node('n0'), await node('n1'), await node('n2'), await node('n3')];
const nodes = [first, second, third, fourth];
const validators = nodes.map(({publicKey}, i) => ({publicKey, power: powers[i] ?? 0n}));
const genesis = genesisJson('vitalvault-capture', Uint8Array.of(1));
const servers = await Promise.all(
  nodes.map((_, i) =>
    startAbciServer({
      socketPath: join(dir, `n${String(i)}.sock`),
      application: new Notebook(validators),
      log,
      maxMessageBytes: 32 << 20,
      onFatal: (error) => {
        throw error;
      },
    }),
  ),
);
await Promise.all(
  nodes.map((node) =>
    node.start(
      genesis,
      nodes.map(({address}) => address),
    ),
  ),
);
await until(first, 3);
await rpc(second, 'broadcast_tx_sync?tx="reading"');
await until(first, 8);
for (const height of [1, 2, 3, 4, 5]) await signedHeader(height);
await save('validators.json', JSON.stringify(await rpc(first, 'validators?height=3'), null, 1));
// The validator of power 3 falls silent: its place in the commits is empty from some height on.
await third.stop('SIGKILL');
for (let height = 9; ; height++) {
  await until(first, height + 2);
  const {signed_header: found} = await commit(height);
  if (found.commit.signatures.some(({block_id_flag: flag}) => flag === 1)) {
    await save('block-absent.json', JSON.stringify(found, null, 1));
    break;
  }
}
await Promise.all(nodes.map((node) => node.stop()));
await Promise.all(servers.map((server) => server.close()));
