// Every "protocol.md §x.y" in code and documents leads to a heading of docs/protocol.md, and to the one that was meant:
// tools/section-references.json says what each section is called and which files refer to it.
//   npm run section-references             red when a section is gone, was renumbered, or a file refers to one for the
//                                          first time
//   npm run section-references -- --write  writes that file; look at its diff: is it the section you mean?
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';

const root = join(import.meta.dirname, '..');
const PROTOCOL = 'docs/protocol.md';
const KNOWN = join(root, 'tools/section-references.json');
interface Section {
  readonly heading: string;
  /** Names of the files that refer to it. */
  readonly from: string[];
}

const OTHERS = /\b(RFC \d+|CometBFT [\d.]+)$/;

/** Number → heading text of each section of the protocol. */
function headings(): Map<string, string> {
  const text = readFileSync(join(root, PROTOCOL), 'utf8');
  return new Map(
    [...text.matchAll(/^#+ (\d+(?:\.\d+)*)\.? (.+)$/gm)].map(([, number = '', heading = '']) => [number, heading]),
  );
}

function files(): string[] {
  const patterns = ['ts', 'mjs', 'js', 'py', 'proto', 'md', 'yaml', 'tpl'].map((ending) => `*.${ending}`);
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && !file.includes('/gen/') && file !== 'tools/check-section-references.ts');
}

/** Section numbers of the protocol that a text refers to; a reference to nothing that is known is a fault. */
function referencesIn(file: string, faults: string[]): string[] {
  // A comment that goes on in the next line is one sentence.
  const text = readFileSync(join(root, file), 'utf8').replace(/\n[ \t]*(?:\*|\/\/|#)?[ \t]*/g, ' ');
  const found: string[] = [];
  let last = {end: -1, own: false};
  for (const match of text.matchAll(/§(\d+(?:\.\d+)*)(?:(?::\d*[a-z]?)|[–-]§?(\d+(?:\.\d+)*))?/g)) {
    const before = text.slice(Math.max(0, match.index - 40), match.index).trimEnd();
    const goesOn =
      match.index - last.end <= 12 && /^(?: step [\d.]+)?(?:, | and )$/.test(text.slice(last.end, match.index));
    const own =
      file === PROTOCOL || goesOn
        ? goesOn
          ? last.own
          : !OTHERS.test(before)
        : /\bprotocol(\.md)?`?$|\[$/.test(before);
    if (!own && !goesOn && !OTHERS.test(before)) faults.push(`${file}: §${match[1] ?? ''} of which document?`);
    if (own) found.push(...[match[1], match[2]].filter((number) => number !== undefined));
    last = {end: match.index + match[0].length, own};
  }
  return found;
}

const sections = headings();
const faults: string[] = [];
const now: Record<string, Section> = Object.fromEntries(
  [...sections].map(([number, heading]) => [number, {heading, from: []}]),
);
for (const file of files()) {
  for (const number of referencesIn(file, faults)) {
    const from = now[number]?.from;
    if (from === undefined) faults.push(`${file}: ${PROTOCOL} has no §${number}`);
    else if (file !== PROTOCOL && !from.includes(basename(file))) from.push(basename(file));
  }
}
for (const {from} of Object.values(now)) from.sort();

if (process.argv.includes('--write') && faults.length === 0)
  writeFileSync(
    KNOWN,
    `{\n${Object.entries(now)
      .map(([number, section]) => `  ${JSON.stringify(number)}: ${JSON.stringify(section)}`)
      .join(',\n')}\n}\n`,
  );
const known = JSON.parse(readFileSync(KNOWN, 'utf8')) as Partial<Record<string, Section>>;
for (const [number, {heading, from}] of Object.entries(now)) {
  const was = known[number];
  if (was?.heading !== heading) {
    faults.push(`${PROTOCOL}: §${number} is "${heading}" and was "${was?.heading ?? 'not there'}"`);
    continue;
  }
  for (const file of from)
    if (!was.from.includes(file))
      faults.push(`${file} refers to §${number} (${heading}) for the first time: is that the section?`);
}
if (faults.length > 0) {
  console.error(`${faults.join('\n')}\nIf all is meant so: npm run section-references -- --write`);
  process.exit(1);
}
const references = Object.values(now).reduce((sum, {from}) => sum + from.length, 0);
console.log(`${PROTOCOL}: ${sections.size} sections, ${references} files refer to them`);
