import type {Device, KeptRecord, PendingRecord, PostOutcome} from '@vitalvault/sdk';
import {SdkError} from '@vitalvault/sdk';
import {settlePending} from './settle-pending.js';

const record = (sequence: string, replaces?: string): PendingRecord => ({
  registration: 1,
  sequence,
  tagSequence: sequence,
  typeName: 'omh:heart-rate',
  recordId: `id-${sequence}`,
  posted: '',
  readings: [],
  ...(replaces === undefined ? {} : {replaces}),
});
const refused = (sequence: bigint, code: 'sequence-conflict' | 'slot-out-of-range'): PostOutcome => ({
  recordId: `id-${sequence}`,
  sequence,
  status: 'refused',
  error: new SdkError(code as never, {detail: ''}),
});

/** A device whose gateway refuses some of what is posted. */
function deviceThat(given: {
  repost: PostOutcome[];
  recover?: PendingRecord[];
  rounds: Partial<Awaited<ReturnType<Device['settle']>>>[];
}) {
  const posted: string[][] = [];
  const known: ReadonlyMap<string, string>[] = [];
  const device: Parameters<typeof settlePending>[0] = {
    repost: () => Promise.resolve(given.repost),
    recover: () => Promise.resolve(given.recover ?? []),
    post: (records) => {
      posted.push(records.map(({sequence}) => sequence));
      return Promise.resolve([]);
    },
    settle: (codes) => {
      if (codes !== undefined) known.push(codes);
      return Promise.resolve({anchored: [], waiting: 0, resealed: [], kept: [], ...given.rounds.shift()});
    },
  };
  return {device, posted, known};
}

const anchored = (sequence: bigint) => ({sequence, state: {state: 'anchored' as const, recordId: `id-${sequence}`}});

describe('vv device settle', () => {
  it('seals anew where numbers collide, posts that, and waits for it', async () => {
    const {device, posted} = deviceThat({
      repost: [refused(3n, 'sequence-conflict')],
      recover: [record('4', '3')],
      rounds: [{waiting: 1}, {anchored: [anchored(4n)]}],
    });
    expect(await settlePending(device, 5_000)).toEqual({reposted: 1, sealedAnew: 1, anchored: 1, waiting: 0, kept: []});
    expect(posted).toEqual([['4']]);
  });

  it('tells what is kept and why, and does not wait for it', async () => {
    const kept: KeptRecord[] = [{registration: 1, sequence: 3n, recordId: 'id-3', reason: 'slot-out-of-range'}];
    const {device, known} = deviceThat({repost: [refused(3n, 'slot-out-of-range')], rounds: [{kept}]});
    expect(await settlePending(device, 60_000)).toMatchObject({anchored: 0, waiting: 0, kept});
    expect([...(known[0] ?? [])]).toEqual([['id-3', 'slot-out-of-range']]);
  });

  it('ends when the time is up, with what still waits', async () => {
    const {device} = deviceThat({repost: [], rounds: [{waiting: 2}, {waiting: 2}]});
    expect(await settlePending(device, 0)).toMatchObject({anchored: 0, waiting: 2});
  });
});
