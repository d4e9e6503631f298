import {statSync} from 'node:fs';

/** Sentences that hold or do not, told one by one. */
export class Checks {
  passed = 0;
  failed = 0;

  /** @param why what is shown when it does not hold */
  holds(sentence: string, isSo: boolean, why: readonly string[] = []): void {
    if (isSo) this.passed += 1;
    else this.failed += 1;
    const shown = isSo ? '' : `: ${why.slice(0, 10).join(', ')}`;
    process.stdout.write(`${isSo ? '    ok' : '    NO'}  ${sentence}${shown}\n`);
  }

  /** A picture that stands in a document. */
  isSmall(file: string, mostBytes: number): void {
    const {size} = statSync(file);
    this.holds(`${file} has ${size} bytes`, size <= mostBytes, [`more than ${mostBytes}`]);
  }
}
