import { describe, expect, it } from '@jest/globals';
import { powershellScript } from '../../../src/truststore/powershell-script.ts';
import type { Step } from '../../../src/truststore/step.ts';

const path = 'C:\\Users\\Ádá O’Neill\\root.pem';
const steps: readonly Step[] = [
  { kind: 'write', path, text: 'PEM\n', mode: 0o644, needsRoot: false, why: 'write the root' },
  { kind: 'run', program: 'C:\\a.exe', args: ['-user', "it's", '0a'], needsRoot: true, why: 'add it' },
  { kind: 'run', program: 'b.exe', args: [], stdin: 'PEM\n', needsRoot: false, why: 'and\nthis' },
  { kind: 'remove', path, needsRoot: false, why: 'remove the file' },
];

describe('steps for PowerShell', () => {
  it('are lines that it reads as the very same words, and that stop at the first failure', () => {
    const quoted = "'C:\\Users\\Ádá O’’Neill\\root.pem'";
    expect(powershellScript(steps)).toBe(
      [
        '# write the root',
        `$null = New-Item -Force -ItemType Directory -Path (Split-Path -Parent -Path ${quoted})`,
        `Set-Content -LiteralPath ${quoted} -Encoding ascii -Value @'\nPEM\n'@`,
        '# add it (in a window that was opened as administrator)',
        "& C:\\a.exe -user 'it''s' '0a'",
        'if ($LASTEXITCODE -ne 0) { throw "status $LASTEXITCODE" }',
        '# and\\u{a}this',
        "@'\nPEM\n'@ | & b.exe",
        'if ($LASTEXITCODE -ne 0) { throw "status $LASTEXITCODE" }',
        '# remove the file',
        `Remove-Item -LiteralPath ${quoted} -ErrorAction SilentlyContinue`,
        '',
      ].join('\n'),
    );
  });
});
