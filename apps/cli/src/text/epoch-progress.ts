import {toJson} from '../answer.js';
import type {Session} from '../session.js';
import {ProgressBar} from './progress-bar.js';

/** Tells on stderr how many types have their new epoch, when one transaction is not enough for all of them. */
export function epochProgress(session: Session): (begun: number, all: number) => void {
  const bar = new ProgressBar({
    write: (text) => process.stderr.write(text),
    interactive: session.environment.interactive,
    indent: '',
  });
  let told = false;
  return (begun, all) => {
    told ||= begun < all;
    if (!told) return;
    if (session.options.json === true) process.stderr.write(`${toJson({progress: {begun, all}})}\n`);
    else bar.show(begun, all, 'types have a new epoch');
  };
}
