import {create} from '@bufbuild/protobuf';
import {ALG_X25519, ORG_ROLE, keyId} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {random} from '../../test/support/records.js';
import {ReleaseKeys} from './release-keys.js';

const [own, other] = [random(20), random(20)];
const key = () => ({alg: ALG_X25519, publicKey: random(32)});
const [open, ended, foreign, notRelease] = [key(), key(), key(), key()];
const keys = ReleaseKeys.of(
  create(GenesisSchema, {
    organisations: [
      {
        id: own,
        keys: [
          {key: open, role: ORG_ROLE.release, fromSlot: 10},
          {key: ended, role: ORG_ROLE.release, fromSlot: 10, toSlot: 20},
          {key: notRelease, role: ORG_ROLE.policy, fromSlot: 0},
        ],
      },
      {id: other, keys: [{key: foreign, role: ORG_ROLE.release, fromSlot: 0}]},
    ],
  }),
  own,
);
const covers = (one: typeof open, slot: number, nowSlot: number): boolean =>
  keys.covers({releaseKeyId: keyId(one), slot}, nowSlot * 3_600_000);

it.each([
  ['an open key', open, 15, 30, true],
  ['one that is not valid yet', open, 5, 5, false],
  ['a past slot under one valid now', open, 5, 30, true],
  ['one that ended, in its time', ended, 20, 30, true],
  ['one that ended, later', ended, 21, 30, false],
  ["another organisation's", foreign, 15, 30, false],
  ['a key of another role', notRelease, 15, 30, false],
] as const)('%s', (_name, one, slot, now, expected) => {
  expect(covers(one, slot, now)).toBe(expected);
});
