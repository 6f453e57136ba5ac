import type { World } from '../platform/world.ts';
import type { VariableChange } from './environment-text.ts';
import { parseJavaOptions } from './java-options.ts';
import { optionsBefore } from './java-setting.ts';
import { phpFoldersBefore } from './php-setting.ts';
import { isPublicFile } from './public-folder.ts';
import { JAVA_OPTIONS, PHP_FOLDERS, TRUST_VARIABLES, WGET_SETTINGS } from './trust-variables.ts';
import { valueBefore } from './variable-sources.ts';

/** What undoes `devca env` in this environment: only variables that name files of devca's own, each as it was before. */
export function restoredEnvironment(world: World): readonly VariableChange[] {
  const { environment } = world.system;
  const changes: VariableChange[] = [...TRUST_VARIABLES.map(({ name }) => name), WGET_SETTINGS].flatMap(
    (name) => {
      const value = environment[name];
      if (value === undefined || !isPublicFile(value, world.system)) return [];
      return [{ name, value: valueBefore(name, world) }];
    },
  );
  const folders = phpFoldersBefore(environment[PHP_FOLDERS], world);
  if (folders !== environment[PHP_FOLDERS]) changes.push({ name: PHP_FOLDERS, value: folders });
  const options = parseJavaOptions(environment[JAVA_OPTIONS] ?? '');
  const before = optionsBefore(options, world);
  if (before.length === options.length) return changes;
  const value = before.length === 0 ? undefined : before.map(({ raw }) => raw).join(' ');
  return [...changes, { name: JAVA_OPTIONS, value }];
}
