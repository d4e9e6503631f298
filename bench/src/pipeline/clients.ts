import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {DeviceConfigSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {ChildProcess} from 'node:child_process';
import {join} from 'node:path';
import type {DeviceActor} from '../../../test/e2e/platform/actors.js';
import type {RowContext} from '../suite/row.js';
import type {LoadOrder, LoadRate, LoadReport} from './load-order.js';
import {startTold} from './start-told.js';

const PROGRAM = join(import.meta.dirname, 'load-process.ts');
const PROCESSES = 2;

export type ClientOptions = Omit<LoadOrder, 'devices'> & {
  readonly devices: readonly Pick<DeviceActor, 'key' | 'config'>[];
};

/** Processes that post for many devices, and what became of what they posted. */
export class Clients {
  /** Records that were acknowledged. */
  accepted = 0;
  /** Bodies that were. */
  answered = 0;
  readonly refused = new Map<string, number>();
  /** Of bodies, from the first attempt to the answer. */
  answeredMs: number[] = [];
  /** Of one record of some, from the first attempt until storage says that it is anchored. */
  anchoredMs: number[] = [];
  #going = 0;

  private constructor(private readonly processes: readonly ChildProcess[]) {
    for (const process of processes) process.on('message', (report: LoadReport) => this.#count(report));
  }

  static async start({devices, ...order}: ClientOptions, context: RowContext): Promise<Clients> {
    const started = Array.from({length: PROCESSES}, (_, i) => {
      const own = devices.filter((_device, place) => place % PROCESSES === i);
      const told = own.map(({key, config}) => ({key, config: toHex(encodeCanonical(DeviceConfigSchema, config))}));
      return startTold<LoadOrder>(PROGRAM, {...order, devices: told}, context);
    });
    return new Clients((await Promise.all(started)).map(({child}) => child));
  }

  get pids(): number[] {
    return this.processes.flatMap(({pid}) => pid ?? []);
  }

  /** All of them together post so many records a second from now on. */
  go(recordsPerSecond: number): void {
    if (recordsPerSecond === this.#going) return;
    this.#going = recordsPerSecond;
    const rate: LoadRate = {recordsPerSecond: recordsPerSecond / this.processes.length};
    for (const process of this.processes) process.send(rate);
  }

  #count({accepted, refused, answeredMs, anchoredMs}: LoadReport): void {
    this.accepted += accepted;
    this.answered += answeredMs.length;
    this.answeredMs.push(...answeredMs);
    this.anchoredMs.push(...anchoredMs);
    for (const [why, times] of Object.entries(refused)) this.refused.set(why, (this.refused.get(why) ?? 0) + times);
  }
}
