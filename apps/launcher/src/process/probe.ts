import {connect} from 'node:net';

/** The JSON that `url` answers. Rejects on any status but 2xx. */
export async function getJson(url: string, method: 'GET' | 'POST' = 'GET'): Promise<unknown> {
  const response = await fetch(url, {method, signal: AbortSignal.timeout(3_000)});
  if (!response.ok) throw new Error(`${url}: ${String(response.status)}`);
  return await response.json();
}

export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, {signal: AbortSignal.timeout(3_000)});
  await response.arrayBuffer();
  return response.ok;
}

export function acceptsConnection(target: {path: string} | {host: string; port: number}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.setTimeout(2_000, () => { socket.destroy(); resolve(false); });
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => { resolve(false); });
  });
}
