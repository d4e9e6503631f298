import type {Kafka} from 'kafkajs';
import {DEAD_LETTERS_HELP, parseLettersCommand} from './dead-letters-usage.js';
import type {LettersCommand} from './dead-letters-usage.js';
import {deleteLetters, listLetters, orderSetAside, sendAgain, showLetter} from './operate-dead-letters.js';
import type {LetterPorts, LetterToSend, ResolvedLetters} from './operate-dead-letters.js';
import type {OffsetStore} from './partitions.js';
import {runOperation} from './run-operation.js';
import type {Answered, Operation, OperationPorts, OperationSettings} from './run-operation.js';

interface RunOptions extends Omit<Operation, 'name'> {
  readonly args: string[];
  /** That the service takes. */
  readonly topics: readonly string[];
  readonly open: (settings: OperationSettings) => {
    readonly letters: ResolvedLetters;
    readonly offsets: Pick<OffsetStore, 'load'>;
    readonly close: () => Promise<void>;
  };
}

/** The dead letters of a service, for a person. Its help explains its exit code. */
export async function runDeadLetters({args, topics, open, ...operation}: RunOptions): Promise<void> {
  await runOperation({...operation, name: 'dead-letters'}, () => {
    const {command, json} = parseLettersCommand(args);
    if (command.name === 'help') return {help: DEAD_LETTERS_HELP};
    const work = async ({kafka, settings, ...ports}: OperationPorts): Promise<Answered> => {
      const {letters, offsets, close} = open(settings);
      try {
        return await carryOut({...ports, letters, offsets, topics, send: sender(kafka)}, command);
      } finally {
        await close();
      }
    };
    return {json, work};
  });
}

/** Done or failed in less time than its row stays locked: tries of a producer multiply those of its cluster. */
const sender =
  (kafka: Kafka) =>
  async (topic: string, letter: LetterToSend): Promise<void> => {
    const producer = kafka.producer({allowAutoTopicCreation: false, retry: {retries: 1}});
    await producer.connect();
    try {
      await producer.send({topic, acks: -1, messages: [letter]});
    } finally {
      await producer.disconnect().catch(() => undefined);
    }
  };

function carryOut(ports: LetterPorts, command: Exclude<LettersCommand, {name: 'help'}>): Promise<Answered> {
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
