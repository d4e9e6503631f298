import {connect} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {InstallerError} from '../installer-error.js';

/** Something that is waited for: undefined when it is there, else what is wrong; an InstallerError ends the wait. */
export interface Awaited {
  name: string;
  fault: () => Promise<string | undefined>;
}

export interface WaitOptions {
  timeoutSeconds: number;
  say: (line: string) => void;
  /** Milliseconds between two tries. */
  pauseMs?: number;
}

const TRY_MS = 3_000;
const SAY_EVERY_MS = 10_000;

/**
 * Waits until all are there; says every ten seconds what is not.
 * @throws InstallerError after the time-out, or where waiting is in vain
 */
export async function waitFor(
  all: readonly Awaited[],
  {timeoutSeconds, say, pauseMs = 500}: WaitOptions,
): Promise<void> {
  const started = Date.now();
  let said = started;
  let open = all;
  for (;;) {
    const faults = await Promise.all(open.map(async (one) => ({one, fault: await one.fault().catch(wordsOf)})));
    for (const {one} of faults.filter(({fault}) => fault === undefined)) say(`${one.name} is there`);
    const missing = faults.filter(({fault}) => fault !== undefined);
    if (missing.length === 0) return;
    open = missing.map(({one}) => one);
    const text = missing.map(({one, fault}) => `${one.name} (${fault ?? ''})`).join(', ');
    if (Date.now() - started > timeoutSeconds * 1_000)
      throw new InstallerError(`Waited ${String(timeoutSeconds)} s in vain for ${text}.`);
    if (Date.now() - said > SAY_EVERY_MS) {
      said = Date.now();
      say(`waiting for ${text}`);
    }
    await sleep(pauseMs);
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof InstallerError) throw error;
  return error instanceof Error ? error.message : String(error);
}

/** Something listens. @param address host:port */
export function listening(address: string): Awaited {
  const colon = address.lastIndexOf(':');
  const [host, digits] = [address.slice(0, colon).replace(/^\[|\]$/g, ''), address.slice(colon + 1)];
  const port = Number(digits);
  if (colon < 1 || !/^\d{1,5}$/.test(digits) || port < 1 || port > 65_535)
    throw new InstallerError(`${address} is not host:port.`);
  return {
    name: address,
    fault: () =>
      new Promise((resolve) => {
        const socket = connect({host, port, timeout: TRY_MS});
        const end = (fault: string | undefined) => {
          socket.destroy();
          resolve(fault);
        };
        socket.once('connect', () => {
          end(undefined);
        });
        socket.once('timeout', () => {
          end('no answer');
        });
        socket.once('error', (error: NodeJS.ErrnoException) => {
          end(error.code ?? error.message);
        });
      }),
  };
}

/** A URL answers with a status below 400. */
export function answering(url: string): Awaited {
  return {
    name: url,
    fault: async () => {
      const response = await fetch(url, {signal: AbortSignal.timeout(TRY_MS)});
      return response.ok ? undefined : `answers ${String(response.status)}`;
    },
  };
}
