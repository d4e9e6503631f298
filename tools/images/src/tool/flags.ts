/** `--flag name=value` for every entry, in the order of the names. */
export function flags(flag: string, entries: Readonly<Record<string, string>>): string[] {
  return Object.keys(entries)
    .sort()
    .flatMap((name) => [flag, `${name}=${entries[name] ?? ''}`]);
}
