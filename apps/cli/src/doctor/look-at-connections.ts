import {connect, isIP} from 'node:net';
import {connect as connectTls} from 'node:tls';
import {broken, degraded, looked, ok} from './finding.js';
import type {Finding} from './finding.js';

const TIMEOUT_MS = 5_000;
const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const RENEW = 'Renew it and restart who uses it: certificates are read when a process starts.';

/** Whether something listens. @param address host:port */
export function lookAtAddress(part: string, address: string): Promise<readonly Finding[]> {
  const {hostname, port} = new URL(`tcp://${address}`);
  return looked(
    part,
    `Does it run, and may this machine reach ${address}?`,
    () =>
      new Promise((resolve, reject) => {
        const socket = connect({host: plain(hostname), port: Number(port), timeout: TIMEOUT_MS});
        socket.once('connect', () => {
          socket.destroy();
          resolve([ok(part, `listens at ${address}`)]);
        });
        socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
        socket.once('error', reject);
      }),
  );
}

/** As a URL has it, without the brackets of an IPv6 address. */
const plain = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** How long a certificate still counts. @param validTo as Node tells it */
export function certificateFinding(part: string, validTo: string, nowMs: number): Finding {
  const endMs = Date.parse(validTo);
  if (Number.isNaN(endMs)) return broken(part, 'it shows no certificate', RENEW);
  const left = Math.floor((endMs - nowMs) / DAY_MS);
  const what = `its certificate counts until ${new Date(endMs).toISOString()}`;
  if (left < 0) return broken(part, `${what}, which is over`, RENEW);
  return left < SOON_DAYS ? degraded(part, `${what}: ${String(left)} days`, RENEW) : ok(part, what);
}

/** The certificate that an address shows, whoever signed it. @param url https */
export function lookAtCertificate(part: string, url: string, nowMs: number): Promise<readonly Finding[]> {
  const {hostname, port} = new URL(url);
  const host = plain(hostname);
  return looked(
    part,
    `Does TLS work at ${url}?`,
    () =>
      new Promise((resolve, reject) => {
        const socket = connectTls({
          host,
          port: Number(port === '' ? 443 : port),
          // An address is no name of a server.
          ...(isIP(host) === 0 ? {servername: host} : {}),
          // Only its end is read; whether it is trusted is for those who send something.
          rejectUnauthorized: false,
          timeout: TIMEOUT_MS,
        });
        socket.once('secureConnect', () => {
          const {valid_to: validTo} = socket.getPeerCertificate();
          socket.destroy();
          resolve([certificateFinding(part, validTo, nowMs)]);
        });
        socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
        socket.once('error', reject);
      }),
  );
}
