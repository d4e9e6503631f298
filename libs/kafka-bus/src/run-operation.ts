import {DomainError} from '@vitalvault/errors';
import {
  ConfigError,
  accessReason,
  createLogger,
  databaseConfig,
  kafkaConfig,
  loadConfig,
  variableOf,
} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import type {Kafka} from 'kafkajs';
import {z} from 'zod';
import {kafkaAccess} from './kafka-access.js';
import {connectKafka} from './kafka-connection.js';
import {KafkaView} from './kafka-view.js';
import {Person} from './person.js';
import {printable} from './printable.js';

const schema = z.strictObject({...kafkaConfig, ...databaseConfig});
const PREFIXES = [variableOf('kafka'), variableOf('database')];
const EXIT = {done: 0, notDone: 1, usage: 2, unavailable: 3, internal: 70} as const;
export const EXIT_CODES =
  'Exit codes: 0 done; 1 not done: refused, not there, or left as it is; 2 wrong use; 3 not reachable; 70 a bug.';

/** Settings of Kafka's and the database's. */
export type OperationSettings = z.infer<typeof schema>;

/** Arguments that say nothing that can be done. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export interface Operation {
  /** As the log names it. */
  readonly name: string;
  readonly service: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What an operation works with. All that it writes is made such that it moves no terminal. */
export interface OperationPorts {
  readonly kafka: Kafka;
  /** A topic that Kafka has not has no partitions. */
  readonly view: Pick<KafkaView, 'partitions'>;
  readonly settings: OperationSettings;
  /** A line beside the answer. */
  readonly write: (line: string) => void;
  /** What the person types; empty when nothing comes any more. */
  readonly ask: (question: string) => Promise<string>;
  readonly logger: Logger;
}

/** What is said at the end, and whether all that was asked for is done. */
export interface Answered {
  readonly json: unknown;
  readonly text: readonly string[];
  readonly done: boolean;
  /** What it broke off with; `json` and `text` say what was done before. */
  readonly fault?: unknown;
}

/** What is asked for: help, or work whose answer is wanted as text or JSON. */
export type Parsed = {readonly help: string} | AskedWork;

interface AskedWork {
  readonly json: boolean;
  readonly work: (ports: OperationPorts) => Promise<Answered>;
}

/**
 * Runs what a person asked a service's program to do: settings of Kafka's and the database's from `env` and no others,
 * the answer on standard output, the log on standard error, and the exit code of `EXIT_CODES`.
 * @param parse what is asked for. @throws WrongUse
 */
export async function runOperation({name, service, env}: Operation, parse: () => Parsed): Promise<void> {
  const logger = createLogger({service: `${service}-${name}`, destination: process.stderr});
  try {
    const parsed = parse();
    if ('help' in parsed) process.stdout.write(parsed.help);
    else await answer({service, env}, parsed, logger);
  } catch (error) {
    process.exitCode = told(error, logger);
  }
}

async function answer({service, env}: Omit<Operation, 'name'>, {json, work}: AskedWork, logger: Logger): Promise<void> {
  const own = Object.entries(env).filter(([variable]) => PREFIXES.some((prefix) => variable.startsWith(prefix)));
  const settings = loadConfig(schema, Object.fromEntries(own));
  const kafka = connectKafka({...kafkaAccess(settings), clientId: `vv-${service}`, logger});
  const view = new KafkaView(kafka);
  const aside = json ? process.stderr : process.stdout;
  const person = new Person(process.stdin, aside);
  const write = (line: string): void => void aside.write(`${printable(line)}\n`);
  const ask = (question: string): Promise<string> => person.ask(printable(question));
  try {
    const {
      json: object,
      text,
      done,
      fault,
    } = await work({
      ...{kafka, settings, write, ask, logger},
      view: {partitions: (topic) => view.partitionsIfThere(topic)},
    });
    const lines = json ? [JSON.stringify(object)] : text;
    process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''));
    process.exitCode = fault === undefined ? (done ? EXIT.done : EXIT.notDone) : told(fault, logger, settings);
  } catch (error) {
    process.exitCode = told(error, logger, settings);
  } finally {
    person.close();
    await view.close();
  }
}

function told(error: unknown, logger: Logger, settings?: OperationSettings): number {
  if (error instanceof WrongUse) {
    process.stderr.write(`${printable(error.message)} (see --help)\n`);
    return EXIT.usage;
  }
  if (error instanceof ConfigError) {
    for (const fault of error.faults) logger.error(`configuration: ${fault}`);
    return EXIT.usage;
  }
  const away = settings === undefined ? undefined : whoIsAway(error, settings);
  if (away === undefined) {
    logger.error('not done', {error});
    return EXIT.internal;
  }
  process.stderr.write(`${printable(away)}\n`);
  return EXIT.unavailable;
}

/** In one sentence who cannot be reached, and why if that is known; undefined: it is nobody's absence. */
export function whoIsAway(
  error: unknown,
  {kafkaBrokers, databaseUrl}: Pick<OperationSettings, 'kafkaBrokers' | 'databaseUrl'>,
): string | undefined {
  const code = error instanceof DomainError && error.retryable ? error.code : undefined;
  const [why, foreign] = [accessReason(error), error instanceof Error && error.name.startsWith('KafkaJS')];
  const because = why === undefined ? '' : `: ${why}`;
  if (foreign || code === 'bus-unavailable') return `Kafka at ${kafkaBrokers.join(', ')} cannot be reached${because}.`;
  if (code === undefined && why === undefined) return undefined;
  return `PostgreSQL at ${new URL(databaseUrl).host} cannot be reached${because}.`;
}
