-- What the version `start-keys` added, and a key that a run which was there before answers for.
CREATE TABLE start_keys (key TEXT PRIMARY KEY, run TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO grdb_migrations VALUES ('start-keys');
INSERT INTO start_keys VALUES ('nightly-2027-01-15', 'r1');
