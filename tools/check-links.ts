// Every relative link in our documents leads somewhere: the file is there, the heading of an anchor too, and where the
// link's text is a symbol (`decideAccess`) the file has it. Lines are not linked to: they move.
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';

const root = join(import.meta.dirname, '..');
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {cwd: root})
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

const prose = (file: string): string => readFileSync(join(root, file), 'utf8').replace(/^```.*?^```/gms, '');

/** Anchors of a document as GitHub makes them from its headings. */
function anchorsOf(file: string): Set<string> {
  const headings = prose(file).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** @returns what is wrong with a link, or nothing */
function faultOf(document: string, text: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(root, file))) return 'is not there';
  if (anchor !== undefined && /^L\d+/.test(anchor)) return 'names a line; name the symbol';
  if (anchor !== undefined && !anchorsOf(file).has(anchor)) return 'has no such heading';
  return symbolFault(file, /^`(\w+)`$/.exec(text)?.[1]);
}

function symbolFault(file: string, symbol: string | undefined): string | undefined {
  if (symbol === undefined || file.endsWith('.md') || statSync(join(root, file)).isDirectory()) return undefined;
  return new RegExp(`\\b${symbol}\\b`).test(readFileSync(join(root, file), 'utf8')) ? undefined : `has no ${symbol}`;
}

const faults: string[] = [];
let links = 0;
for (const document of documents) {
  for (const [, text = '', target = ''] of prose(document).matchAll(/\[([^\]\n]*)\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    links++;
    const fault = faultOf(document, text, target);
    if (fault !== undefined) faults.push(`${document}: ${target} ${fault}`);
  }
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(`${String(documents.length)} documents: ${String(links)} relative links lead where they say`);
