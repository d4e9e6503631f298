// Captures the fixtures beside this file from four real CometBFT validators of unequal power:
//   node libs/light-client/testdata/capture.mjs <cometbft> <empty directory>
import {encodeCanonical} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {startAbciServer} from '@vitalvault/abci';
import {CometNode, Notebook, genesisJson} from '@vitalvault/abci/testing';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';

const [binary, dir] = process.argv.slice(2);
const powers = [5n, 7n, 3n, 5n];
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};
const save = (name, text) => writeFile(join(import.meta.dirname, name), text);
const rpc = async (node, path) => (await (await fetch(`${node.rpcUrl}/${path}`)).json()).result;
const until = async (node, height) => {
  while (Number((await rpc(node, 'status')).sync_info.latest_block_height) < height) await delay(100);
};
const signedHeader = async (height) =>
  save(`block-${height}.json`, JSON.stringify((await rpc(nodes[0], `commit?height=${height}`)).signed_header, null, 1));

const nodes = [];
for (const i of powers.keys())
  nodes.push(await CometNode.create({binary, home: join(dir, `n${i}`), socketPath: join(dir, `n${i}.sock`)}));
const validators = nodes.map(({publicKey}, i) => ({publicKey, power: powers[i]}));
const appState = encodeCanonical(GenesisSchema, {
  version: 1,
  organisations: validators.map((validator, i) => ({
    id: new Uint8Array(20).fill(i + 1),
    name: `Hospital ${i + 1}`,
    validators: [validator],
  })),
});
const genesis = genesisJson('vitalvault-capture', appState);
const servers = await Promise.all(
  nodes.map((_, i) =>
    startAbciServer({
      socketPath: join(dir, `n${i}.sock`),
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
await until(nodes[0], 3);
await rpc(nodes[1], 'broadcast_tx_sync?tx="reading"');
await until(nodes[0], 8);
for (const height of [1, 2, 3, 4, 5]) await signedHeader(height);
await save('validators.json', JSON.stringify(await rpc(nodes[0], 'validators?height=3'), null, 1));
await save('genesis.json', genesis);
// The validator of power 3 falls silent: its place in the commits is empty from some height on.
await nodes[2].stop('SIGKILL');
for (let height = 9; ; height++) {
  await until(nodes[0], height + 2);
  const {signed_header: found} = await rpc(nodes[0], `commit?height=${height}`);
  if (found.commit.signatures.some(({block_id_flag: flag}) => flag === 1)) {
    await save('block-absent.json', JSON.stringify(found, null, 1));
    break;
  }
}
await Promise.all(nodes.map((node) => node.stop()));
await Promise.all(servers.map((server) => server.close()));
