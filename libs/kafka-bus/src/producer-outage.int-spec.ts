import {DomainError} from '@vitalvault/errors';
import {createLogger} from '@vitalvault/process';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {setTimeout as sleep} from 'node:timers/promises';
import {createTopics} from './create-topics.js';
import {KafkaProducer} from './kafka-producer.js';

const topic = 'vv.outage.v1';
const logger = createLogger({service: 'spec', level: 'error'});
const BODY = Buffer.alloc(60_000, 7);
/** 3 MB/s: more than the queue's bound in every six seconds. */
const EVERY_MS = 20;
/** What may wait, and the copies that it has on its way. */
const FLAT_BYTES = 120 * 1_048_576;
const AWAY_MS = 30_000;
const STEADY_MS = 60_000;

/** Sends of one body each, at a constant rate, whatever became of those before. */
class ConstantLoad {
  readonly acknowledgedMs: number[] = [];
  readonly refused = new Map<string, number>();
  mostBytes = 0;
  #open = 0;
  #stopped = false;

  constructor(private readonly producer: KafkaProducer) {}

  async run(): Promise<void> {
    for (let at = Date.now(); !this.#stopped; at += EVERY_MS) {
      void this.#send();
      const {arrayBuffers, heapUsed} = process.memoryUsage();
      this.mostBytes = Math.max(this.mostBytes, arrayBuffers + heapUsed);
      await sleep(Math.max(0, at - Date.now()));
    }
    while (this.#open > 0) await sleep(20);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Acknowledged in a second, over the time from then to then. */
  perSecond(fromMs: number, toMs: number): number {
    return this.acknowledgedMs.filter((ms) => ms >= fromMs && ms < toMs).length / ((toMs - fromMs) / 1_000);
  }

  /** @throws RangeError while most of what is sent waits: a broker that has just begun is slow */
  steady(): number {
    const now = Date.now();
    const rate = this.perSecond(now - 2_000, now);
    if (rate <= 30) throw new RangeError(`${rate} a second get through`);
    return rate;
  }

  async #send(): Promise<void> {
    this.#open++;
    try {
      await this.producer.send(topic, [{key: BODY.subarray(0, 8), value: Buffer.from(BODY)}]);
      this.acknowledgedMs.push(Date.now());
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.refused.set(error.code, (this.refused.get(error.code) ?? 0) + 1);
    } finally {
      this.#open--;
    }
  }
}

describe('a producer under constant load while Kafka is away for half a minute', () => {
  let engines: Engines;
  let producer: KafkaProducer;
  let pid = 0;

  beforeAll(async () => {
    engines = await startEngines({only: ['kafka']});
    pid = engines.endpoints.processes['kafka']?.pid ?? 0;
    const brokers = [engines.endpoints.kafka];
    producer = new KafkaProducer({brokers, clientId: 'spec-producer', logger});
    await createTopics({brokers, clientId: 'spec', logger, topics: [{topic, partitions: 2}]});
  });

  afterAll(async () => {
    await producer.close();
    await engines.stop();
  });

  it.each<[string, () => void | Promise<void>, () => void | Promise<void>]>([
    ['paused', () => void process.kill(-pid, 'SIGSTOP'), () => void process.kill(-pid, 'SIGCONT')],
    ['killed', () => engines.control('kill', 'kafka'), () => engines.control('start', 'kafka')],
  ])(
    '%s: its memory stays flat, and ten seconds after the return nine tenths get through',
    async (_how, take, give) => {
      const load = new ConstantLoad(producer);
      const running = load.run();
      const before = await eventually(() => load.steady(), STEADY_MS);
      const began = Date.now();
      const bytesBefore = load.mostBytes;
      await take();
      await sleep(AWAY_MS);
      const lastSend = load.acknowledgedMs.at(-1) ?? 0;
      await give();
      const back = Date.now();
      await sleep(13_000);
      load.stop();
      await running;
      expect(lastSend - began).toBeLessThan(AWAY_MS);
      expect([...load.refused.keys()].filter((code) => code !== 'busy')).toEqual(['bus-unavailable']);
      expect(load.mostBytes - bytesBefore).toBeLessThan(FLAT_BYTES);
      const rates = Array.from({length: 12}, (_, second) =>
        Math.round(load.perSecond(back + second * 1_000, back + (second + 2) * 1_000)),
      );
      const recovered = rates.findIndex((rate) => rate >= before * 0.9);
      expect([rates, recovered >= 0 && recovered <= 10]).toEqual([rates, true]);
    },
  );
});
