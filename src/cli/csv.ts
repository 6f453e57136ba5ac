/**
 * A table as comma-separated values (RFC 4180): CRLF after each line, and quotes around what needs them. A spreadsheet
 * takes a field that begins with `=`, `+`, `-` or `@` for a formula; with an apostrophe before it, it is text.
 */
export function formatCsv(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
