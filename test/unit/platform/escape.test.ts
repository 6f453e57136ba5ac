import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  forHtml,
  forMarkdown,
  forShell,
  forTerminal,
  forWorkflowCommand,
  forWorkflowProperty,
  forXml,
} from '../../../src/platform/escape.ts';

describe('escapes', () => {
  it('shows controls and bidirectional overrides instead of passing them on', () => {
    expect(forTerminal('a\u001b[2Jb\n\u202ec')).toBe('a\\u{1b}[2Jb\\u{a}\\u{202e}c');
    expect(forTerminal('Zürich 東京 🔑')).toBe('Zürich 東京 🔑');
  });

  it('lets nothing through to a terminal that could move its cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(forTerminal(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('lets nothing through to HTML that could begin a tag or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(forHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('lets nothing through to XML that is no character of it or could begin an element', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(forXml(text)).not.toMatch(
          /[<>"'\u0000-\u001f\ufffe\uffff]|[\ud800-\udfff](?![\udc00-\udfff])/u,
        );
      }),
    );
  });

  it('lets nothing through to a workflow command that could end it or begin another', () => {
    expect(forWorkflowCommand('50%\n::error::x')).toBe('50%25\\u{a}::error::x');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(forWorkflowCommand(text)).not.toMatch(/[\r\n]|%(?!25)/);
        expect(forWorkflowProperty(text)).not.toMatch(/[\r\n:,]/);
      }),
    );
  });

  it('lets nothing through to Markdown that would be markup, a mention or a cell of its own', () => {
    expect(forMarkdown('*a* `b` [c](d) @e #1 | <f>')).toBe(
      '\\*a\\* \\`b\\` \\[c\\](d) @<!-- -->e \\#1 \\| &lt;f&gt;',
    );
    expect(forMarkdown('https://a.test/ www.a.test')).toBe('https\\://a.test/ www\\.a.test');
  });

  it('gives a shell exactly the word', () => {
    const words = fc.sample(
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((word) => !word.includes('\0')),
      50,
    );
    const script = words.map((word) => `printf '%s\\0' ${forShell(word)}`).join('\n');
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
  });
});
