import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/**
 * What it does: answers `get` from files, runs what `exec` asks for on this machine, pretends to forward, notes every
 * call.
 */
const SCRIPT = `#!/bin/sh
dir=$(dirname "$0")
while [ "$1" = --kubeconfig ] || [ "$1" = --namespace ]; do shift 2; done
echo "$*" >> "$dir/calls"
IPFS_PATH="$dir/repo"; export IPFS_PATH
case "$1" in
  exec) while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;;
  get) for file in "$dir/$2.$3.json" "$dir/$2.json"; do [ -f "$file" ] && exec cat "$file"; done
       if [ "$2" = --raw ]; then exec cat "$dir/stats.json"; fi
       echo "Error from server (NotFound): $2 $3" >&2; exit 1 ;;
  logs) echo "a line of $2 $4 $5" ;;
  port-forward) port=\${5#*:}; echo "Forwarding from 127.0.0.1:$((40000 + port % 10000)) -> $port"; exec cat ;;
esac
`;

/** A `kubectl` that stands before a made-up cluster. */
export class FakeKubectl {
  readonly dir = mkdtempSync(join(tmpdir(), 'vv-kubectl-'));
  readonly program = join(this.dir, 'kubectl');

  constructor() {
    writeFileSync(this.program, SCRIPT);
    chmodSync(this.program, 0o755);
  }

  /** What `kubectl get <name>` answers; a name with its kind: `secret.vv-sponsor`. */
  has(name: string, object: unknown): void {
    writeFileSync(join(this.dir, `${name}.json`), JSON.stringify(object));
  }

  get calls(): string[] {
    return readFileSync(join(this.dir, 'calls'), 'utf8').trim().split('\n');
  }

  remove(): void {
    rmSync(this.dir, {recursive: true});
  }
}
