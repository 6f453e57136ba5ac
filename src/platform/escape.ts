/**
 * Foreign text (subjects, names, alerts, file names) made safe for the medium that it is printed in.
 * One function per medium; what a medium cannot express is escaped visibly, never passed through.
 */

/** Controls, bidirectional overrides and separators, which could rewrite what a person sees on a terminal. */
const UNSAFE_ON_A_TERMINAL =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udfff](?![\udc00-\udfff])/gu;

/** For a terminal: one line, no controls; each unsafe character as `\u{hex}`. */
export function forTerminal(text: string): string {
  return text.replace(
    UNSAFE_ON_A_TERMINAL,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** For HTML text and double-quoted attributes. */
export function forHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return forTerminal(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** For a POSIX shell: the same words that hints are made of. */
export { shellWord as forShell } from '../errors/shell-word.ts';

/** For PowerShell, which takes the typographic apostrophes for the plain one. */
export function forPowerShell(word: string): string {
  if (/^([A-Za-z][A-Za-z0-9_.\\/:=-]*|-[A-Za-z]+)$/.test(word)) return word;
  return `'${word.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

/** For XML text and double-quoted attributes; what XML 1.0 cannot hold at all is shown as for a terminal. */
export function forXml(text: string): string {
  return forHtml(text).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
}

/** For the message of a GitHub workflow command such as `::error::`: the whole of it, on one line. */
export function forWorkflowCommand(text: string): string {
  return forTerminal(text).replaceAll('%', '%25');
}

/** For a property of a workflow command, such as `title=`. */
export function forWorkflowProperty(text: string): string {
  return forWorkflowCommand(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * For text within a line or a table cell of GitHub's Markdown: nothing in it is markup, a link, which addresses become by
 * themselves, a reference or a mention.
 */
export function forMarkdown(text: string): string {
  return (
    forHtml(text)
      .replaceAll('&#39;', "'")
      .replaceAll('&quot;', '"')
      .replace(/[\\`*_[\]|~#$]/g, '\\$&')
      .replace(/:(?=\/\/)|(?<=www)\./gi, '\\$&')
      // An entity is decoded before mentions are looked for; a comment that shows nothing parts the sign from the name.
      .replaceAll('@', '@<!-- -->')
  );
}
