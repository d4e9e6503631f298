/** Terminal styles; without colour the text as it is. */
export interface Style {
  bold: (text: string) => string;
  dim: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
}

export function styleOf(colour: boolean): Style {
  const sgr = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {bold: sgr(1), dim: sgr(2), good: sgr(32), bad: sgr(31)};
}
