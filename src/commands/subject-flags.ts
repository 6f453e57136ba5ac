import type { Flags } from '../cli/command.ts';
import type { SubjectRequest } from '../profiles/subject-fields.ts';

/** What a subject may say besides its common name. */
export const SUBJECT_FLAGS = {
  org: { type: 'string', value: 'TEXT', describe: 'the organization in the subject' },
  ou: { type: 'string', value: 'TEXT', describe: 'the organizational unit' },
  country: { type: 'string', value: 'CC', describe: 'the country: two letters' },
  state: { type: 'string', value: 'TEXT', describe: 'the state or province' },
  locality: { type: 'string', value: 'TEXT', describe: 'the city' },
} as const satisfies Flags;

type SubjectFlags = Readonly<Record<keyof typeof SUBJECT_FLAGS, string | undefined>>;

export function subjectOf({ org, ou, country, state, locality }: SubjectFlags): SubjectRequest {
  return {
    ...(org === undefined ? {} : { organization: org }),
    ...(ou === undefined ? {} : { organizationalUnit: ou }),
    ...(country === undefined ? {} : { country }),
    ...(state === undefined ? {} : { state }),
    ...(locality === undefined ? {} : { locality }),
  };
}
