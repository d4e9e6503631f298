import {connect} from 'node:net';

/** The JSON that `url` answers. Rejects on any status but 2xx. */
export async function getJson(url: string, method: 'GET' | 'POST' = 'GET'): Promise<unknown> {
  const response = await fetch(url, {method, signal: AbortSignal.timeout(3_000)});
  if (!response.ok) throw new Error(`${url}: ${String(response.status)}`);
  return await response.json();
}

/** Whether `url` answers 2xx. Rejects with its answer if that is another. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, {signal: AbortSignal.timeout(3_000)});
  const text = await response.text();
  if (!response.ok) throw new Error(`${String(response.status)} ${text.slice(0, 500)}`);
  return true;
}

export function acceptsConnection(target: {path: string} | {host: string; port: number}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.setTimeout(2_000, () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
