import { forPowerShell, forTerminal } from '../platform/escape.ts';
import type { Step } from './step.ts';

/** Steps as lines for PowerShell, with a comment before each; it stops at the first that fails. */
export function powershellScript(steps: readonly Step[]): string {
  const lines = steps.map((step) => {
    const where = step.needsRoot ? ' (in a window that was opened as administrator)' : '';
    return `# ${forTerminal(step.why)}${where}\n${linesOf(step).join('\n')}\n`;
  });
  return lines.join('');
}

function linesOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'run': {
      const words = [step.program, ...step.args].map(forPowerShell).join(' ');
      const input = step.stdin === undefined ? '' : `${hereString(step.stdin)} | `;
      return [`${input}& ${words}`, `if ($LASTEXITCODE -ne 0) { throw "status $LASTEXITCODE" }`];
    }
    case 'write': {
      const path = forPowerShell(step.path);
      return [
        `$null = New-Item -Force -ItemType Directory -Path (Split-Path -Parent -Path ${path})`,
        `Set-Content -LiteralPath ${path} -Encoding ascii -Value ${hereString(step.text.trimEnd())}`,
      ];
    }
    case 'remove':
      return [`Remove-Item -LiteralPath ${forPowerShell(step.path)} -ErrorAction SilentlyContinue`];
  }
}

/** Nothing in it is special but its own end, which no PEM text has. */
const hereString = (text: string): string => `@'\n${text.trimEnd()}\n'@`;
