/** More of a line is not read. */
const LONGEST = 160;

/** Where something begins: after a quotation mark, an opening bracket, or what stands before a colon or semicolon. */
const BEGINNING = /["'‘“(]|[:;] /g;

const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' };

/**
 * A line of a client's output, for a table: whole where it is short, else from where the words at `at` begin to where they
 * end. An ellipsis stands for what is left out.
 */
export function tellingWords(line: string, at: number): string {
  if (line.length <= LONGEST) return line;
  const start = beginningBefore(line, at);
  const end = start + endOf(line.slice(start), line[start - 1] ?? '');
  const isCut = /[\p{L}\p{N}]/u.test(line.slice(end));
  return `${start > 0 ? '…' : ''}${line.slice(start, end).trimEnd()}${isCut ? '…' : ''}`;
}

function beginningBefore(line: string, at: number): number {
  const [last] = [...line.slice(0, at).matchAll(BEGINNING)].slice(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}

/** Where the quotation or bracket ends that the words stand in; or after the last word that there is room for. */
function endOf(words: string, before: string): number {
  const isQuoted = /["']/.test(before);
  const open: string[] = [];
  for (const { 0: sign, index } of words.matchAll(/["'()[\]{}<>]/g)) {
    if (index >= LONGEST) break;
    const opener = CLOSERS[sign];
    if (isQuoted && sign === before) return index;
    if (Object.values(CLOSERS).includes(sign)) open.push(sign);
    else if (opener !== undefined && open.pop() !== opener) return index;
  }
  if (words.length <= LONGEST) return words.length;
  const space = words.lastIndexOf(' ', LONGEST);
  return space > 0 ? space : LONGEST;
}
