// Which metrics a query asks for: names of PromQL that are neither functions, keywords nor labels.
const TEXTS = /"(?:[^"\\]|\\.)*"/g;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const SELECTORS = /\{[^}]*\}/g;
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])/g;
const WORDS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'offset', 'bool', 'inf', 'nan', 'by', 'on']);
const LENGTHS = /\[[^\]]*\]|\boffset\s+\w+/g;
const NUMBERS = /\b\d[\w.]*/g;

/** Names of metrics that a query asks for, each once. */
export function metricsOf(query: string): string[] {
  const bare = [TEXTS, GROUPING, SELECTORS, LENGTHS, NUMBERS].reduce((text, part) => text.replace(part, ' '), query);
  return [...new Set(bare.match(NAME) ?? [])].filter((name) => !WORDS.has(name.toLowerCase()));
}
