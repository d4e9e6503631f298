import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** What a row makes and starts, and takes away again in reverse order whatever happens. */
export class Scratch {
  private readonly undo: (() => unknown)[] = [];

  /** A directory of this row's. */
  directory(name: string): string {
    const path = mkdtempSync(join(tmpdir(), `vv-bench-${name}-`));
    this.defer(() => {
      rmSync(path, {recursive: true, force: true});
    });
    return path;
  }

  /** To be done at the end. */
  defer(undo: () => unknown): void {
    this.undo.push(undo);
  }

  /** All of it is tried; the first failure is thrown at the end. */
  async clean(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.undo.pop(); undo !== undefined; undo = this.undo.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
