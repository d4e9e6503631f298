/**
 * Names of the ids that a text has, as they are or as hexadecimal, base64 or base64url of their bytes, whatever the
 * case of the letters. Base64 inside of other base64 is not found.
 * @param ids by name: hexadecimal, or any text (a CID, a name, words)
 */
export function idsIn(text: string, ids: Readonly<Record<string, string>>): string[] {
  const lower = text.toLowerCase();
  return Object.entries(ids)
    .filter(([name, id]) => {
      if (id === '') throw new RangeError(`no id to look for: ${name}`);
      return formsOf(id).some((form) => lower.includes(form.toLowerCase()));
    })
    .map(([name]) => name);
}

function formsOf(id: string): string[] {
  const bytes = Buffer.from(id, /^(?:[0-9a-f]{2}){16,}$/i.test(id) ? 'hex' : 'utf8');
  return [id, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}
