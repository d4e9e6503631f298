import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

/** Classes of application/ that are no use cases, and what they are instead. */
const OTHERS: Readonly<Record<string, string>> = {
  KnownFacts: 'memory of what policy said',
  StorageBacklog: 'limit',
  Turns: 'limit: steps in one turn of the event loop',
  ProofQuota: 'limit',
  EntryQueue: 'queue: what AnchorRecords sends next',
  RecentRefusals: 'memory of what policy refused',
  ReleasePlaces: 'limit',
  ReleaseRoom: 'limit',
  PeerTurns: 'memory of which peers were slow',
  WorkLoop: 'loop: runs a use case',
  DeliveryLoop: 'loop: runs a use case',
  AlertFeed: 'feed: wakes followers',
  AccessLeaves: 'reader of the ledger, for ProjectBlocks',
  ProvenRelease: 'reader of the ledger, for ReleaseKeys',
  TransactionOutcomes: 'feed: tells when a block is projected',
};

/** Beside `execute`: of one that does something before it, goes on when it has returned, or hears what came of it. */
const LIFE = ['begin', 'drain', 'stop', 'settled'];

interface ApplicationClass {
  readonly name: string;
  readonly file: string;
  readonly verbs: readonly string[];
}

const root = join(import.meta.dirname, '../..');

/** Exported classes of a file, with their public methods; formatted sources have members two columns in. */
function classesOf(file: string, source: string): ApplicationClass[] {
  return source
    .split(/^export (?:abstract )?class /m)
    .slice(1)
    .map((text) => {
      const body = text.slice(0, text.search(/^}/m));
      const methods = [
        ...body.matchAll(/^ {2}(?:async )?\*?([a-z]\w*)(?:<.*>)?\(|^ {2}(?:readonly )?(\w+) = (?:async )?\(/gm),
      ];
      const verbs = methods.map(([, method, arrow]) => method ?? arrow ?? '').filter((verb) => verb !== 'constructor');
      return {name: /^\w+/.exec(text)?.[0] ?? '', file, verbs};
    });
}

const classes = readdirSync(join(root, 'apps'))
  .map((app) => `apps/${app}/src/application`)
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .flatMap((file) => classesOf(file, readFileSync(join(root, file), 'utf8')));
const useCases = classes.filter(({name}) => !(name in OTHERS));

describe('the classes of application/', () => {
  it('are read: four services have some', () => {
    expect(new Set(useCases.map(({file}) => file.split('/')[1]))).toEqual(
      new Set(['ingest', 'storage', 'policy', 'notify']),
    );
  });

  it.each(useCases)('$name of $file does one thing, and its verb is execute', ({verbs}) => {
    expect(verbs.filter((verb) => !LIFE.includes(verb))).toEqual(['execute']);
  });

  it.each(classes)('$name has its spec beside it', ({file}) => {
    expect(existsSync(join(root, file.replace(/\.ts$/, '.spec.ts')))).toBe(true);
  });

  it('that are no use cases are there and say so by another verb', () => {
    const others = classes.filter(({name}) => name in OTHERS);
    expect(others.map(({name}) => name).sort()).toEqual(Object.keys(OTHERS).sort());
    expect(others.filter(({verbs}) => verbs.includes('execute'))).toEqual([]);
  });
});

describe('the check', () => {
  it.each([
    ['  release(question: Question): void {\n  }\n', ['release']],
    ['  async execute(): Promise<void> {\n  }\n\n  async *other<T>(x: T) {\n  }\n', ['execute', 'other']],
    ['  find = async (id: Id) => 1;\n', ['find']],
    ['  constructor(\n    private readonly ports: {},\n  ) {}\n\n  #own(): void {}\n  private other(): void {}\n', []],
    ['  get head(): number {\n    return compute(1);\n  }\n', []],
  ])('reads %j', (members, verbs) => {
    expect(classesOf('x.ts', `export class X {\n${members}}\nclass Own {\n  y() {\n  }\n}\n`)).toEqual([
      {name: 'X', file: 'x.ts', verbs},
    ]);
  });
});
