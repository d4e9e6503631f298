import {readFile} from 'node:fs/promises';
import {request} from 'node:https';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ApiServer} from '../config.js';
import {InstallerError} from '../installer-error.js';

export interface ApiAnswer {
  status: number;
  body: string;
}

/** One request to the Kubernetes API. @param body sent as JSON */
export type ApiCall = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<ApiAnswer>;

const TRIES = 6;
const TIMEOUT_MS = 10_000;

/**
 * Requests with the service account of this pod; the token is read for each, because Kubernetes renews it. A server
 * that does not answer, or answers that it is overloaded, is asked again: a POST too, since of two objects of one name
 * only the first is made, and a DELETE, which names the one object that it means.
 * @param account directory with token and ca.crt
 * @param firstPauseMs before the second try; doubled before each further one
 */
export function apiCalls({host, port}: ApiServer, account: string, firstPauseMs = 500): ApiCall {
  return async (method, path, body) => {
    let failure: unknown;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await sleep(firstPauseMs * 2 ** (attempt - 1));
      try {
        const answer = await once({host, port, account, method, path}, body);
        if (answer.status !== 429 && answer.status < 500) return answer;
        failure = `it answers ${String(answer.status)}`;
      } catch (error) {
        failure = error;
      }
    }
    throw new InstallerError(
      `The Kubernetes API at ${host}:${String(port)} cannot be used: ${failure instanceof Error ? failure.message : String(failure)}. A NetworkPolicy must let this pod out to it.`,
    );
  };
}

async function once(
  to: {host: string; port: number; account: string; method: string; path: string},
  body?: object,
): Promise<ApiAnswer> {
  const [token, ca] = await Promise.all(['token', 'ca.crt'].map((file) => readFile(join(to.account, file), 'utf8')));
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: to.host,
        port: to.port,
        path: to.path,
        method: to.method,
        ca,
        agent: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          authorization: `Bearer ${token?.trim() ?? ''}`,
          accept: 'application/json',
          ...(text === undefined
            ? {}
            : {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)}),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8')});
        });
      },
    );
    call.on('error', reject);
    call.end(text);
  });
}
