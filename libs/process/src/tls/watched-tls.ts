import {X509Certificate} from 'node:crypto';
import {checkServerIdentity} from 'node:tls';
import type {DetailedPeerCertificate, PeerCertificate} from 'node:tls';
import {observe} from '../metrics/instruments.js';
import type {LabelsOf} from '../metrics/instruments.js';

/** What Node's `tls.connect` takes, and what is built on it. */
export interface WatchedTls {
  /** PEM; absent: the authorities that Node knows. */
  readonly ca?: string;
  readonly checkServerIdentity: typeof checkServerIdentity;
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Servers of one part: brokers, a primary and its standbys. */
const MOST_HOSTS = 64;
/** Longer than any chain that is used. */
const MOST_OF_A_CHAIN = 8;

/**
 * TLS to a part that others run, and tells as a metric how long its certificates still count. `authority`: of those in
 * `ca` the last one that ends, for then nobody is trusted. `server`: what servers showed, with the authorities behind
 * it, as of the newest connection to each; of all that, what ends first.
 * @param ca PEM, as it was read at the start: what is on the disk later is not what this process trusts
 */
export function watchedTls(
  part: LabelsOf<'vitalvault.certificate.remaining'>['part'],
  ca: string | undefined,
): WatchedTls {
  const authorities = (ca?.match(PEM) ?? []).map(endOfPem).filter(Number.isFinite);
  const hosts = new Map<string, number>();
  observe('vitalvault.certificate.remaining', () => {
    const told = (kind: 'authority' | 'server', endMs: number) =>
      Number.isFinite(endMs) ? [{labels: {part, kind}, value: (endMs - Date.now()) / 1_000}] : [];
    return [...told('authority', Math.max(...authorities)), ...told('server', Math.min(...hosts.values()))];
  });
  return {
    ...(ca === undefined ? {} : {ca}),
    // Node asks this of each new connection whose chain is trusted.
    checkServerIdentity: (host, certificate) => {
      const fault = checkServerIdentity(host, certificate);
      if (fault === undefined) remember(hosts, host, endOfChain(certificate));
      return fault;
    },
  };
}

function remember(hosts: Map<string, number>, host: string, endMs: number): void {
  hosts.delete(host);
  hosts.set(host, endMs);
  const [longestSilent] = hosts.keys();
  if (hosts.size > MOST_HOSTS && longestSilent !== undefined) hosts.delete(longestSilent);
}

// TLS passes over what it cannot read, too.
function endOfPem(pem: string): number {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return Number.NaN;
  }
}

/** Unix milliseconds at which the first of a chain ends. Its root is its own issuer. */
function endOfChain(leaf: PeerCertificate | DetailedPeerCertificate): number {
  let [one, endMs]: [typeof leaf | undefined, number] = [leaf, Infinity];
  for (let n = 0; one !== undefined && n < MOST_OF_A_CHAIN; n++) {
    endMs = Math.min(endMs, Date.parse(one.valid_to));
    const issuer: typeof leaf | undefined = 'issuerCertificate' in one ? one.issuerCertificate : undefined;
    one = issuer === one ? undefined : issuer;
  }
  return endMs;
}
