/**
 * The schema, one step for each version of the file; a step that was released is never changed.
 * Words are those of RFC 5280; times are UTC integer seconds; DER is stored as it was signed.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE authorities (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  generation INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'written', 'delivered')),
  key_type TEXT NOT NULL,
  permitted TEXT,
  root_keystore TEXT NOT NULL,
  root_key_id TEXT,
  root_key_check TEXT,
  intermediate_keystore TEXT NOT NULL,
  intermediate_key_id TEXT,
  intermediate_key_check TEXT,
  settings TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER,
  is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  UNIQUE (name, generation)
);

CREATE TABLE certificates (
  id INTEGER PRIMARY KEY,
  authority_id INTEGER NOT NULL REFERENCES authorities (id),
  serial_number TEXT NOT NULL,
  issuer_key INTEGER NOT NULL,
  sha256_fingerprint TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('pending', 'written', 'delivered')),
  profile TEXT NOT NULL,
  subject TEXT NOT NULL,
  names TEXT NOT NULL,
  not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  key_algorithm TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  replaced_by INTEGER REFERENCES certificates (id),
  revoked_at INTEGER,
  ended TEXT GENERATED ALWAYS AS (
    CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN replaced_by IS NOT NULL THEN 'replaced' END
  ) VIRTUAL,
  der BLOB NOT NULL,
  UNIQUE (serial_number, issuer_key)
);
CREATE INDEX certificates_by_not_after ON certificates (not_after);
CREATE INDEX certificates_by_ended ON certificates (ended, not_after, not_before);
CREATE INDEX certificates_by_not_before ON certificates (ended, not_before);
CREATE INDEX certificates_by_profile ON certificates (profile, not_after);
CREATE INDEX certificates_by_profile_ended ON certificates (profile, ended, not_after);
CREATE INDEX certificates_by_authority ON certificates (authority_id, not_after);
CREATE INDEX certificates_by_authority_profile ON certificates (authority_id, profile, not_after);
CREATE INDEX certificates_by_replacement ON certificates (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE INDEX certificates_unfinished ON certificates (state) WHERE state IN ('pending', 'written');

CREATE TABLE certificate_names (
  name TEXT NOT NULL,
  certificate_id INTEGER NOT NULL REFERENCES certificates (id) ON DELETE CASCADE,
  PRIMARY KEY (name, certificate_id)
) WITHOUT ROWID;
CREATE INDEX certificate_names_by_certificate ON certificate_names (certificate_id);

CREATE TABLE revocations (
  certificate_id INTEGER PRIMARY KEY REFERENCES certificates (id),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
);

CREATE TABLE crls (
  id INTEGER PRIMARY KEY,
  issuer_id INTEGER NOT NULL REFERENCES certificates (id),
  number INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'written', 'delivered')),
  this_update INTEGER NOT NULL,
  next_update INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  der BLOB NOT NULL,
  UNIQUE (issuer_id, number)
);

CREATE INDEX crls_unfinished ON crls (state) WHERE state IN ('pending', 'written');

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  certificate_id INTEGER REFERENCES certificates (id),
  authority_id INTEGER REFERENCES authorities (id),
  crl_id INTEGER REFERENCES crls (id),
  state TEXT NOT NULL CHECK (state IN ('pending', 'written', 'delivered', 'superseded', 'lost')),
  path TEXT NOT NULL,
  temporary_path TEXT NOT NULL,
  new_folder TEXT,
  format TEXT NOT NULL,
  mode INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  previous_kind TEXT NOT NULL CHECK (previous_kind IN ('absent', 'file', 'link')),
  previous_sha256 TEXT,
  created_at INTEGER NOT NULL,
  CHECK ((certificate_id IS NOT NULL) + (authority_id IS NOT NULL) + (crl_id IS NOT NULL) = 1)
);
CREATE INDEX deliveries_by_path ON deliveries (path, sha256);
CREATE INDEX deliveries_by_certificate ON deliveries (certificate_id);
CREATE INDEX deliveries_by_authority ON deliveries (authority_id) WHERE authority_id IS NOT NULL;
CREATE INDEX deliveries_by_crl ON deliveries (crl_id) WHERE crl_id IS NOT NULL;
CREATE INDEX deliveries_in_place ON deliveries (path) WHERE state IN ('written', 'delivered');
CREATE INDEX deliveries_unfinished ON deliveries (state) WHERE state IN ('pending', 'written');

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  details TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
  BEGIN SELECT RAISE (ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
  BEGIN SELECT RAISE (ABORT, 'events are append-only'); END;
`,
];
