import {measureRow} from './suite/measure-row.js';
import type {RowMessage, RowOrder} from './suite/row-process.js';
import {Scratch} from './suite/scratch.js';
import {ROWS} from './rows.js';

/** The process of one row, started by `runRow`: measures it and sends what it found. */
const send = (message: RowMessage): void => {
  process.send?.(message);
};

const order = JSON.parse(process.argv[2] ?? '{}') as RowOrder;
const scratch = new Scratch();
try {
  const row = ROWS.find(({number}) => number === order.number);
  if (row === undefined) throw new Error(`no row ${order.number}`);
  const say = (text: string): void => {
    send({say: text});
  };
  send({measured: await measureRow(row, {...order, scratch, say})});
} catch (error) {
  if (error instanceof Error) send({say: error.stack ?? ''});
  send({failed: String(error)});
} finally {
  await scratch.clean().catch((error: unknown) => {
    send({failed: `could not be cleaned up: ${String(error)}`});
  });
  process.disconnect();
}
