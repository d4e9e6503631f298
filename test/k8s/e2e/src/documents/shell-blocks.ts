/** A fenced block of commands in a document. */
export interface ShellBlock {
  /** The heading that it stands under. */
  heading: string;
  /** Line of its first command, from 1. */
  line: number;
  commands: string;
  /** Why the tests leave it out: the comment `<!-- not run: … -->` on the line before the fence. */
  notRun?: string;
  /** What runs it, where a document says so: the comment `<!-- run by … -->` in the same place. */
  runBy?: string;
}

const NOT_RUN = /^<!-- not run: (.+) -->$/;
const RUN_BY = /^<!-- run by (.+) -->$/;

/** Every ```sh block of a Markdown text, in its order. @throws Error for a fence that is never closed */
export function shellBlocks(markdown: string): ShellBlock[] {
  const lines = markdown.split('\n');
  const blocks: ShellBlock[] = [];
  let heading = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
    if (!line.startsWith('```')) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`The fence in line ${i + 1} is never closed.`);
    const before = lines[i - 1] ?? '';
    const [reason, runner] = [NOT_RUN, RUN_BY].map((mark) => mark.exec(before)?.[1]);
    if (line === '```sh')
      blocks.push({
        heading,
        line: i + 2,
        commands: lines.slice(i + 1, end).join('\n'),
        ...(reason === undefined ? {} : {notRun: reason}),
        ...(runner === undefined ? {} : {runBy: runner}),
      });
    i = end;
  }
  return blocks;
}
