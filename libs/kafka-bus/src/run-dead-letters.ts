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
import {z} from 'zod';
import {DEAD_LETTERS_HELP, WrongUse, parseLettersCommand} from './dead-letters-usage.js';
import type {LettersCommand} from './dead-letters-usage.js';
import {kafkaAccess} from './kafka-access.js';
import {connectKafka} from './kafka-connection.js';
import {KafkaView} from './kafka-view.js';
import {deleteLetters, listLetters, orderSetAside, sendAgain, showLetter} from './operate-dead-letters.js';
import type {LetterAnswer, LetterPorts, LetterToSend, ResolvedLetters} from './operate-dead-letters.js';
import type {OffsetStore} from './partitions.js';
import {Person} from './person.js';

const schema = z.strictObject({...kafkaConfig, ...databaseConfig});
const PREFIXES = [variableOf('kafka'), variableOf('database')];
const EXIT = {done: 0, notDone: 1, usage: 2, unavailable: 3, internal: 70} as const;

interface RunOptions {
  readonly service: string;
  readonly args: string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly open: (settings: z.infer<typeof schema>) => {
    readonly letters: ResolvedLetters;
    readonly offsets: Pick<OffsetStore, 'load'>;
    readonly close: () => Promise<void>;
  };
}

/**
 * The dead letters of a service, for a person. Takes Kafka's and the database's settings from `env` and no others; sets
 * the exit code, which its help explains.
 */
export async function runDeadLetters(options: RunOptions): Promise<void> {
  // Its log goes beside what is asked for, not into it.
  const logger = createLogger({service: `${options.service}-dead-letters`, destination: process.stderr});
  try {
    const {command, json} = parseLettersCommand(options.args);
    if (command.name === 'help') process.stdout.write(DEAD_LETTERS_HELP);
    else await answer(options, command, {json, logger});
  } catch (error) {
    process.exitCode = told(error, logger);
  }
}

async function answer(
  {service, env, open}: RunOptions,
  command: Exclude<LettersCommand, {name: 'help'}>,
  {json, logger}: {json: boolean; logger: Logger},
): Promise<void> {
  const own = Object.entries(env).filter(([name]) => PREFIXES.some((prefix) => name.startsWith(prefix)));
  const settings = loadConfig(schema, Object.fromEntries(own));
  const kafka = connectKafka({...kafkaAccess(settings), clientId: `vv-${service}`, logger});
  const view = new KafkaView(kafka);
  const {letters, offsets, close} = open(settings);
  const aside = json ? process.stderr : process.stdout;
  const person = new Person(process.stdin, aside);
  const send = async (topic: string, letter: LetterToSend): Promise<void> => {
    const producer = kafka.producer({allowAutoTopicCreation: false});
    await producer.connect();
    try {
      await producer.send({topic, acks: -1, messages: [letter]});
    } finally {
      await producer.disconnect();
    }
  };
  try {
    const write = (line: string): void => void aside.write(`${line}\n`);
    const ports = {letters, offsets, view, send, write, ask: (question: string) => person.ask(question), logger};
    const {json: object, text, done} = await carryOut(ports, command);
    process.stdout.write(json ? `${JSON.stringify(object)}\n` : text.map((line) => `${line}\n`).join(''));
    process.exitCode = done ? EXIT.done : EXIT.notDone;
  } finally {
    person.close();
    await view.close();
    await close();
  }
}

function carryOut(ports: LetterPorts, command: Exclude<LettersCommand, {name: 'help'}>): Promise<LetterAnswer> {
  switch (command.name) {
    case 'list':
      return listLetters(ports, command.which);
    case 'show':
      return showLetter(ports, command.id);
    case 'send-again':
      return sendAgain(ports, command.ids, command.by);
    case 'set-aside':
      return orderSetAside(ports, command.place, command.by);
    case 'delete':
      return deleteLetters(ports, command.which, command.by);
  }
}

function told(error: unknown, logger: Logger): number {
  if (error instanceof WrongUse) {
    process.stderr.write(`${error.message} (see --help)\n`);
    return EXIT.usage;
  }
  if (error instanceof ConfigError) {
    for (const fault of error.faults) logger.error(`configuration: ${fault}`);
    return EXIT.usage;
  }
  logger.error('not done', {error});
  const away = (error instanceof DomainError && error.retryable) || accessReason(error) !== undefined;
  return away || (error as Error).name.startsWith('KafkaJS') ? EXIT.unavailable : EXIT.internal;
}
