import {decodeCanonical, fromHex} from '@vitalvault/contracts';
import {PostedRecordSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {HEART_RATE} from '@vitalvault/sdk';
import {setTimeout as pause} from 'node:timers/promises';
import {enrolPatient, openOffice, readingsOf, registerDevice} from '../../../test/e2e/platform/actors.js';
import type {DeviceActor, Office} from '../../../test/e2e/platform/actors.js';
import type {Platform} from '../../../test/e2e/platform/platform.js';
import type {RowContext} from '../suite/row.js';
import {Clients} from './clients.js';
import type {ClientOptions} from './clients.js';
import {READINGS_OF_RECORD} from './load-order.js';
import {usesOf} from './process-use.js';
import type {Use} from './process-use.js';
import {stagesOf} from './stages.js';
import type {Stages} from './stages.js';
import {processesOf, startSystem} from './system.js';

/** A device may send 16 records a second in the long run, an owner 64 of all of hers. */
const DEVICES_OF_PATIENT = 4;
const WATCH_MS = 1_000;

/** What had come how far at a moment, and what the processes had taken until then. */
export interface Moment extends Stages {
  readonly atMs: number;
  readonly accepted: number;
  readonly uses: ReadonlyMap<string, Use>;
}

export interface PipelineOptions {
  readonly patients: number;
  /** Of so many bodies one is followed until it is anchored: each question costs storage a look. */
  readonly followedEvery: number;
}

/** A running system under the load of many devices. */
export class Pipeline {
  #wanted = 0;
  #mostOpen = Number.POSITIVE_INFINITY;

  private constructor(
    readonly platform: Platform,
    readonly clients: Clients,
    /** What they were told. */
    readonly order: ClientOptions,
    /** Of a system that ran before. */
    private readonly before: Stages,
  ) {}

  /** Starts the system, enrols patients with their devices, and starts the processes that post for them. */
  static async start(context: RowContext, {patients, followedEvery}: PipelineOptions): Promise<Pipeline> {
    const platform = await startSystem(context);
    const office = await openOffice(platform);
    const slot = await office.ledger.slot();
    context.say(`enrolling ${patients} patients with ${DEVICES_OF_PATIENT} devices each`);
    const devices = (await Promise.all(Array.from({length: patients}, () => devicesOf(office, slot)))).flat();
    const ciphertextBytes = await longestCiphertext(devices, slot);
    const {ingest, storage} = platform.endpoints.services;
    const order = {ingest: [ingest], storage, followedEvery, ciphertextBytes, slot: slot - 1, devices};
    const pipeline = new Pipeline(platform, await Clients.start(order, context), order, await stagesOf(platform));
    const watch = setInterval(() => void pipeline.#watch(), WATCH_MS);
    context.scratch.defer(() => clearInterval(watch));
    return pipeline;
  }

  /**
   * Posts so many records a second from now on.
   * @param mostOpen none while more than so many are acknowledged and not anchored, as a device that keeps its readings
   *   until then holds back
   */
  offer(recordsPerSecond: number, mostOpen = Number.POSITIVE_INFINITY): void {
    [this.#wanted, this.#mostOpen] = [recordsPerSecond, mostOpen];
    this.clients.go(recordsPerSecond);
  }

  async moment(): Promise<Moment> {
    const [accepted, stages] = [this.clients.accepted, await this.#stages()];
    const clients = this.clients.pids.map((pid, i) => [`client-${i}`, pid] as const);
    const uses = usesOf(new Map([...processesOf(this.platform), ...clients]));
    return {...stages, atMs: performance.now(), accepted, uses};
  }

  /** Waits until all that was acknowledged is anchored. @returns false when it is not after so long */
  async settled(patienceMs: number): Promise<boolean> {
    this.offer(0);
    for (const until = performance.now() + patienceMs; performance.now() < until;) {
      const {anchored} = await this.#stages();
      if (anchored >= this.clients.accepted) return true;
      await pause(500);
    }
    return false;
  }

  async #stages(): Promise<Stages> {
    const now = await stagesOf(this.platform);
    const since = (of: keyof Stages): number => now[of] - this.before[of];
    return {taken: since('taken'), packed: since('packed'), anchored: since('anchored'), pins: since('pins')};
  }

  async #watch(): Promise<void> {
    if (this.#mostOpen === Number.POSITIVE_INFINITY) return;
    const found = await this.#stages().catch(() => undefined);
    if (found === undefined) return;
    this.clients.go(this.clients.accepted - found.anchored < this.#mostOpen ? this.#wanted : 0);
  }
}

async function devicesOf(office: Office, slot: number): Promise<DeviceActor[]> {
  const patient = await enrolPatient(office, slot - 100);
  const devices: DeviceActor[] = [];
  for (let i = 0; i < DEVICES_OF_PATIENT; i++) devices.push(await registerDevice(office, patient, slot - 50));
  return devices;
}

/** Sealed, and not posted. */
async function longestCiphertext([actor]: readonly DeviceActor[], slot: number): Promise<number> {
  const sealed = await actor?.device.seal(HEART_RATE, readingsOf(slot - 3, READINGS_OF_RECORD));
  const bytes = (sealed ?? []).map(
    ({posted}) => decodeCanonical(PostedRecordSchema, fromHex(posted)).ciphertext.length,
  );
  return Math.max(...bytes);
}
