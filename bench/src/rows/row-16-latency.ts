import {HEART_RATE} from '@vitalvault/sdk';
import {setTimeout as pause} from 'node:timers/promises';
import {readingsOf, registerDevice} from '../../../test/e2e/platform/actors.js';
import {Ward} from '../../../test/e2e/platform/ward.js';
import {PIPELINE} from '../pipeline/config.js';
import {Pipeline} from '../pipeline/pipeline.js';
import {arms} from '../suite/arms.js';
import type {Row} from '../suite/row.js';
import type {Round} from '../suite/interleave.js';

/** A tenth of row 15's target: 3,000 readings a second. */
const RECORDS_PER_SECOND = 47;
const {minutes: MINUTES} = PIPELINE;
const ROUNDS = 3;
const QUICK_SECONDS = 8;
/** Wards that take turns: a patient has a few changes of her rights a day. */
const WARDS = 3;

const [POSTED, OPENED, REVOKED] = ['POST → anchored', 'request → plaintext', 'revocation'];
const p50 = (what: string | undefined): string => `${what ?? ''}, p50`;
const p99 = (what: string | undefined): string => `${what ?? ''}, p99`;

const PACE = 'How long a block takes here stands below: four validators and everything else share two cores.';

/** The system of row 15 under a tenth of its load, while patients grant and revoke, and clinicians ask and read. */
export const ROW_16: Row = {
  number: '16',
  title: 'latency at a tenth of the load of row 15',
  arms: [
    ...arms('s', p50(POSTED), p99(POSTED), p50(OPENED), p99(OPENED)),
    ...arms('blocks', p50(REVOKED), p99(REVOKED)),
  ],
  claims: [
    ...claims(POSTED, [1.5, 4], `packing, storing and pinning, then a block. ${PACE}`),
    ...claims(OPENED, [1.8, 4], `the block with the request, and the header of the next one. ${PACE}`),
    ...claims(REVOKED, [1, 2], 'the next block is proposed already when she sends: then it is the one after.'),
  ],
  rounds: {full: ROUNDS, quick: 1},
  limitSeconds: 300 + MINUTES * 60,
  setup: async (context) => {
    const {quick} = context;
    const pipeline = await Pipeline.start(context, {patients: 4, followedEvery: 1});
    const wards: ReadWard[] = [];
    for (let i = 0; i < (quick ? 1 : WARDS); i++) wards.push(await ReadWard.open(pipeline));
    const seconds = quick ? QUICK_SECONDS : (MINUTES * 60) / (ROUNDS + 1);
    pipeline.offer(RECORDS_PER_SECOND);
    const reading = consult(wards);
    context.scratch.defer(async () => {
      reading.stop();
      await reading.ended;
    });
    let found = new Map<string, number>();
    let pace = {blocks: 0, seconds: 0};
    return {
      // All arms are of one window: the first one waits for its end.
      sample: async (arm) => {
        if (arm === p50(POSTED)) {
          pipeline.clients.anchoredMs = [];
          reading.clear();
          const [began, height] = [performance.now(), await heightOf(pipeline)];
          await pause(seconds * 1_000);
          // Of each at least one, on a slow machine too.
          const {anchoredMs} = pipeline.clients;
          while ([pipeline.clients.anchoredMs, reading.openedMs, reading.revokedBlocks].some((all) => all.length === 0))
            await pause(1_000);
          pace = {blocks: (await heightOf(pipeline)) - height, seconds: (performance.now() - began) / 1_000};
          found = new Map([
            ...percentiles(
              POSTED,
              anchoredMs.map((ms) => ms / 1_000),
            ),
            ...percentiles(
              OPENED,
              reading.openedMs.map((ms) => ms / 1_000),
            ),
            ...percentiles(REVOKED, reading.revokedBlocks),
          ]);
        }
        return found.get(arm) ?? Number.NaN;
      },
      facts: () => [
        {
          title: 'of the last window',
          value: `${pipeline.clients.anchoredMs.length} bodies followed, ${reading.openedMs.length} releases opened, ${reading.revokedBlocks.length} revocations`,
        },
        {
          title: 'a block came every',
          value: `${(pace.seconds / Math.max(1, pace.blocks)).toFixed(2)} s (timeout_commit is 0.5 s)`,
        },
        {title: 'turns of readers that failed', value: [...reading.failures].join(' · ') || 'none'},
      ],
    };
  },
};

function claims(what: string | undefined, [atMost50, atMost99]: [number, number], whenMissed: string) {
  return [
    {title: p50(what), target: {atMost: atMost50}, of: (round: Round) => round[p50(what)] ?? Number.NaN, whenMissed},
    {title: p99(what), target: {atMost: atMost99}, of: (round: Round) => round[p99(what)] ?? Number.NaN, whenMissed},
  ];
}

function percentiles(what: string | undefined, values: readonly number[]): [string, number][] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return [
    [p50(what), at(0.5)],
    [p99(what), at(0.99)],
  ];
}

interface Consulting {
  openedMs: number[];
  revokedBlocks: number[];
  readonly failures: Set<string>;
  readonly ended: Promise<unknown>;
  clear(): void;
  stop(): void;
}

/** Each ward in its turn, for ever: a grant, three releases under it, its revocation, a refusal. */
function consult(wards: readonly ReadWard[]): Consulting {
  let going = true;
  const found: Consulting = {
    openedMs: [],
    revokedBlocks: [],
    failures: new Set<string>(),
    ended: Promise.resolve(),
    clear: () => {
      found.openedMs = [];
      found.revokedBlocks = [];
    },
    stop: () => {
      going = false;
    },
  };
  const run = async (): Promise<void> => {
    for (let turn = 0; going; turn++)
      await wards[turn % wards.length]?.turn(found).catch((error: unknown) => found.failures.add(String(error)));
  };
  return Object.assign(found, {ended: run()});
}

const READS = 3;

/** A patient, her clinician, and readings of hers that can be opened. */
class ReadWard {
  private constructor(
    private readonly ward: Ward,
    private readonly slot: number,
  ) {}

  static async open({platform}: Pipeline): Promise<ReadWard> {
    const ward = await Ward.open(platform);
    const slot = ward.now - 20;
    const {device} = await registerDevice(ward.office, ward.owner, ward.now - 50);
    await device.post(await device.seal(HEART_RATE, readingsOf(slot, 20)));
    await device.settleAll(60_000);
    return new ReadWard(ward, slot);
  }

  async turn({openedMs, revokedBlocks}: Pick<Consulting, 'openedMs' | 'revokedBlocks'>): Promise<void> {
    const {grantId} = await this.ward.grant();
    for (let i = 0; i < READS; i++) {
      const began = performance.now();
      const ticket = await this.ward.ask(grantId, this.slot);
      const {records} = await this.ward.ada.clinician.fetch(ticket);
      if (records.length === 0) throw new Error('nothing was opened');
      openedMs.push(performance.now() - began);
    }
    const before = await heightOf(this.ward);
    const {result} = await this.ward.owner.grants.revoke(grantId);
    const {permit} = await this.ward.ask(grantId, this.slot);
    if (permit || result === undefined) throw new Error('it was not revoked');
    // From the block on that has it, everything is refused.
    revokedBlocks.push(Number(result.height) - before);
  }
}

async function heightOf({platform}: {readonly platform: Ward['platform']}): Promise<number> {
  const [validator] = platform.endpoints.validators;
  const response = await fetch(`${validator?.rpc ?? ''}/status`);
  const {result} = (await response.json()) as {result: {sync_info: {latest_block_height: string}}};
  return Number(result.sync_info.latest_block_height);
}
