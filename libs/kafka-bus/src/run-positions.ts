import {ConfigError, createLogger, databaseConfig, kafkaConfig, loadConfig, variableOf} from '@vitalvault/process';
import {parseArgs} from 'node:util';
import {z} from 'zod';
import {kafkaAccess} from './kafka-access.js';
import {connectKafka} from './kafka-connection.js';
import {KafkaView} from './kafka-view.js';
import {beginAnew, showPositions} from './operate-positions.js';
import type {DecidedOffsets} from './operate-positions.js';
import {Person} from './person.js';

const schema = z.strictObject({...kafkaConfig, ...databaseConfig});
const PREFIXES = [variableOf('kafka'), variableOf('database')];

/**
 * The positions of a service, for a person: shows them, and with `--begin --by NAME` has those begin anew that stand.
 * Takes Kafka's and the database's settings from `env` and no others; exit code 1 when it fails.
 */
export async function runPositions({
  service,
  args,
  env,
  open,
}: {
  readonly service: string;
  readonly args: string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly open: (settings: z.infer<typeof schema>) => {offsets: DecidedOffsets; close: () => Promise<void>};
}): Promise<void> {
  const logger = createLogger({service: `${service}-positions`});
  try {
    const {begin, by} = parseArgs({args, options: {begin: {type: 'boolean'}, by: {type: 'string'}}}).values;
    if (begin === true && (by === undefined || by === '')) throw new Error('--begin needs --by NAME');
    const own = Object.entries(env).filter(([name]) => PREFIXES.some((prefix) => name.startsWith(prefix)));
    const settings = loadConfig(schema, Object.fromEntries(own));
    const view = new KafkaView(connectKafka({...kafkaAccess(settings), clientId: `vv-${service}`, logger}));
    const {offsets, close} = open(settings);
    const person = new Person(process.stdin, process.stdout);
    const write = (line: string): void => void process.stdout.write(`${line}\n`);
    try {
      if (by === undefined || begin !== true) await showPositions({offsets, view, write});
      else await beginAnew({offsets, view, write, logger, ask: (question) => person.ask(question)}, by);
    } finally {
      person.close();
      await view.close();
      await close();
    }
  } catch (error) {
    if (error instanceof ConfigError) for (const fault of error.faults) logger.error(`configuration: ${fault}`);
    else logger.error('positions are not known', {error});
    process.exitCode = 1;
  }
}
