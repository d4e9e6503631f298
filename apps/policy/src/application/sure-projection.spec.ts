import {create} from '@bufbuild/protobuf';
import {KEY_OWNER} from '@vitalvault/contracts';
import {DeviceSchema, GrantSchema, KeyOwnerSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {projected} from '../../test/support/projected.js';
import {standstill} from '../../test/support/standstill.js';
import type {Projection} from './ports.js';
import {sureProjection} from './sure-projection.js';

const bytes = (n: number): Uint8Array => new Uint8Array(20).fill(n);

async function standing() {
  const store = await projected(async (writer) => {
    await writer.putKey('key', {publicKey: bytes(9), owner: create(KeyOwnerSchema, {kind: KEY_OWNER.patient})});
    await writer.putDevice('device', create(DeviceSchema, {registration: 1}));
    await writer.putGrant({patient: 'p', grantId: 'g', height: 0n, index: 0}, create(GrantSchema, {version: 1}));
  });
  const follower = standstill();
  return {follower, projection: sureProjection(store, follower)};
}

const LACKING: readonly [string, (projection: Projection) => Promise<unknown>][] = [
  ['key', (it) => it.key('x')],
  ['member', (it) => it.member('x')],
  ['patient', (it) => it.patient('x')],
  ['device', (it) => it.device('x')],
  ['registration', (it) => it.registration('device', 2)],
  ['registration among several', async (it) => (await it.registrationsAt([{device: 'device', registration: 2}]))[0]],
  ['transaction', (it) => it.transaction('x')],
  ['leafOfTransaction', (it) => it.leafOfTransaction('x')],
  ['leafAt', (it) => it.leafAt('p', 7n)],
  ['grant', (it) => it.grant('p', 'x')],
];

describe('a projection whose follower may stand', () => {
  it.each(LACKING)(
    'says of a %s that it lacks that it is not there, and not while the follower stands',
    async (_, ask) => {
      const {follower, projection} = await standing();
      expect(await ask(projection)).toBeUndefined();
      follower.stopped('310', new Error());
      await expect(ask(projection)).rejects.toMatchObject({code: 'follower-stopped'});
      follower.goesOn();
      expect(await ask(projection)).toBeUndefined();
    },
  );

  it('gives what it has as ever, but for a grant, which may have been revoked since', async () => {
    const {follower, projection} = await standing();
    follower.stopped('310', new Error());
    expect(await projection.key('key')).toMatchObject({publicKey: bytes(9)});
    expect(await projection.device('device')).toMatchObject({registration: 1});
    expect(await projection.grantsOf('p')).toHaveLength(1);
    await expect(projection.grant('p', 'g')).rejects.toMatchObject({code: 'follower-stopped'});
  });
});
