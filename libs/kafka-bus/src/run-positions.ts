import {beginAnew, showPositions} from './operate-positions.js';
import type {DecidedOffsets} from './operate-positions.js';
import {POSITIONS_HELP, parsePositionsCommand} from './positions-usage.js';
import {runOperation} from './run-operation.js';
import type {Answered, Operation, OperationPorts, OperationSettings} from './run-operation.js';

interface RunOptions extends Omit<Operation, 'name'> {
  readonly args: string[];
  readonly open: (settings: OperationSettings) => {offsets: DecidedOffsets; close: () => Promise<void>};
}

/**
 * The positions of a service, for a person: shows them, and with `--begin --by NAME` has those begin anew that stand.
 * Its help explains its exit code.
 */
export async function runPositions({args, open, ...operation}: RunOptions): Promise<void> {
  await runOperation({...operation, name: 'positions'}, () => {
    const command = parsePositionsCommand(args);
    if (command.name === 'help') return {help: POSITIONS_HELP};
    const work = async ({settings, ...ports}: OperationPorts): Promise<Answered> => {
      const {offsets, close} = open(settings);
      try {
        if (command.name === 'begin') return {...SAID, done: await beginAnew({...ports, offsets}, command.by)};
        await showPositions({...ports, offsets});
        return {...SAID, done: true};
      } finally {
        await close();
      }
    };
    return {json: false, work};
  });
}

/** All was said meanwhile. */
const SAID = {json: null, text: []} as const;
