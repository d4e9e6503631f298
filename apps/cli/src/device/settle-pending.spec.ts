import type {KeptRecord, PendingRecord, PostOutcome, Settled} from '@vitalvault/sdk';
import {SdkError} from '@vitalvault/sdk';
import {settlePending} from './settle-pending.js';

const record = (sequence: string, replaces?: string): PendingRecord => ({
  registration: 1,
  custodian: 'aa',
  sequence,
  tagSequence: sequence,
  typeName: 'omh:heart-rate',
  recordId: `id-${sequence}`,
  posted: '',
  readings: [],
  ...(replaces === undefined ? {} : {replaces}),
});
const refused = (sequence: bigint, code: 'sequence-conflict' | 'unknown-epoch'): PostOutcome => ({
  recordId: `id-${sequence}`,
  sequence,
  status: 'refused',
  error: new SdkError(code, {detail: ''}),
});
const anchored = (sequence: bigint) => ({sequence, state: {state: 'anchored' as const, recordId: `id-${sequence}`}});

/** A device whose rounds come to what is given; tells what was posted, and with which refusals it was asked. */
function deviceThat(rounds: Partial<Settled>[], answers: PostOutcome[] = []) {
  const posted: string[][] = [];
  const known: string[][] = [];
  const device: Parameters<typeof settlePending>[0] = {
    post: (records) => {
      posted.push(records.map(({sequence}) => sequence));
      return Promise.resolve(answers);
    },
    settle: (outcomes) => {
      known.push((outcomes ?? []).map(({recordId}) => recordId));
      return Promise.resolve({anchored: [], waiting: 0, resealed: [], kept: [], aside: [], ...rounds.shift()});
    },
  };
  return {device, posted, known};
}

describe('settling what is pending', () => {
  it('posts what was sealed anew, and waits for it', async () => {
    const {device, posted} = deviceThat([{resealed: [record('4', '3')]}, {waiting: 1}, {anchored: [anchored(4n)]}]);
    expect(await settlePending(device, [refused(3n, 'sequence-conflict')], 5_000)).toEqual({
      ...{sealedAnew: 1, anchored: [4n], waiting: 0, kept: [], aside: []},
    });
    expect(posted).toEqual([['4']]);
  });

  it('tells what is kept and why, and does not wait for it', async () => {
    const kept: KeptRecord[] = [{registration: 1, sequence: 3n, recordId: 'id-3', reason: 'another-record'}];
    const {device} = deviceThat([{kept}]);
    expect(await settlePending(device, [], 60_000)).toMatchObject({anchored: [], waiting: 0, kept});
  });

  it('knows in each round what ingest refused, also of what was sealed anew', async () => {
    const {device, known} = deviceThat(
      [{resealed: [record('4', '3')]}, {waiting: 1}, {}],
      [refused(4n, 'unknown-epoch')],
    );
    await settlePending(device, [refused(3n, 'sequence-conflict')], 5_000);
    expect(known).toEqual([['id-3'], ['id-3', 'id-4'], ['id-3', 'id-4']]);
  });

  it('ends when the time is up, with what still waits', async () => {
    const {device} = deviceThat([{waiting: 2}, {waiting: 2}]);
    expect(await settlePending(device, [], 0)).toMatchObject({anchored: [], waiting: 2});
  });
});
