import type {Cluster} from '#cluster/use/cluster.js';
import {clusterIp} from './objects.js';

interface Page {
  result: {block_metas: {header: {height: string; time: string}}[]};
}

/** As many as CometBFT gives at once. */
const PAGE = 20;

/** Longest time between two blocks that follow one another, of those from one height to another, in milliseconds. */
export async function longestPause(cluster: Cluster, from: number, to: number): Promise<number> {
  const url = `http://${await clusterIp(cluster, 'validator-0')}:26657`;
  const times: number[] = [];
  for (let low = from; low <= to; low += PAGE) {
    const high = Math.min(low + PAGE - 1, to);
    const response = await fetch(`${url}/blockchain?minHeight=${low}&maxHeight=${high}`, {
      signal: AbortSignal.timeout(5_000),
    });
    const {result} = (await response.json()) as Page;
    times.push(...result.block_metas.map(({header}) => Date.parse(header.time)).toSorted((a, b) => a - b));
  }
  return Math.max(0, ...times.slice(1).map((time, i) => time - (times[i] ?? time)));
}
