import {BlockList, isIP} from 'node:net';

const INSIDE: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/**
 * Only global unicast is outside; of it, documentation, 6to4 and Teredo are not, because they carry any IPv4 address
 * inside.
 */
const OUTSIDE_6 = ['2000::', 3] as const;
const INSIDE_6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2001::', 23],
];

const inside = new BlockList();
for (const [network, prefix] of INSIDE) inside.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of INSIDE_6) inside.addSubnet(network, prefix, 'ipv6');
const outside6 = new BlockList();
outside6.addSubnet(...OUTSIDE_6, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether an IP address is one that nobody outside may make us talk to: loopback, private, link-local, reserved, or no
 * address at all.
 */
export function isInside(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return inside.check(address, 'ipv4');
  if (family === 6) return !outside6.check(address, 'ipv6') || inside.check(address, 'ipv6');
  return true;
}

export function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
