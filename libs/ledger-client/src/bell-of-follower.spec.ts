import type {Duplex} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {WebSocketNode, textFrame} from '../testing/web-socket-node.js';
import {BlockFollower} from './block-follower.js';

const log = {info: () => undefined, warn: () => undefined, error: () => undefined};

/** Follows nodes that have no blocks; `turnMs`: from one to the other. */
async function followed(nodes: readonly WebSocketNode[], turnMs: number, forMs: number): Promise<void> {
  const urls = await Promise.all(nodes.map((node) => node.listen()));
  const since = performance.now();
  const follower = new BlockFollower({
    client: {
      get currentUrl() {
        return urls[Math.floor((performance.now() - since) / turnMs) % urls.length] ?? '';
      },
      blockIfThere: () => Promise.resolve(undefined),
      demoteLaggards: () => Promise.resolve(),
    },
    stored: () => Promise.resolve({height: 0n}),
    onBlocks: () => Promise.resolve(),
    log,
  });
  follower.start();
  await sleep(forMs);
  await follower.stop();
}

const says =
  (...frames: Buffer[]) =>
  (socket: Duplex) =>
    void socket.write(Buffer.concat(frames));

/** How nodes greet, none of which answers a close frame. */
const GREETINGS: Readonly<Record<string, ((socket: Duplex) => void) | undefined>> = {
  'sends too much': says(textFrame(65_537)),
  'sends what is no text': says(Buffer.from([0x82, 1, 0])),
  'asks to close and leaves the connection open': says(Buffer.from([0x88, 0])),
  'accepts and stays silent': undefined,
  'confirms and then says nothing': says(textFrame(100)),
};

describe("a follower's bell", () => {
  it('is one socket, whatever the node does that answers no close frame, and none when following ends', async () => {
    const nodes = Object.values(GREETINGS).map((greet) => new WebSocketNode(greet));
    await Promise.all(nodes.map((node) => followed([node], 1_000, 6_500)));
    await sleep(100);
    const counts = nodes.map(({most, open}, i) => [Object.keys(GREETINGS)[i], most, open]);
    for (const node of nodes) node.close();
    expect(counts).toEqual(Object.keys(GREETINGS).map((name) => [name, 1, 0]));
  }, 15_000);

  it('is at one node at a time, though none of them answers a close frame', async () => {
    const nodes = [1, 2].map(() => new WebSocketNode(says(textFrame(100))));
    await followed(nodes, 2_500, 9_000);
    await sleep(100);
    const counts = nodes.map(({most, open, all}) => [most, open, all]);
    for (const node of nodes) node.close();
    // How often in nine seconds is the machine's matter.
    expect(counts).toEqual(nodes.map(() => [1, 0, expect.any(Number)]));
  }, 15_000);
});
