-- A ledger as the schema was before rows came to rest, in the middle of a run.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    sequence TEXT NOT NULL,
    state TEXT NOT NULL,
    trigger TEXT NOT NULL,
    occurrence TEXT,
    idempotency_key TEXT UNIQUE,
    created INTEGER NOT NULL,
    ended INTEGER,
    -- the whole record as JSON; the columns beside it are what is asked for
    record TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_sequence ON runs (sequence, number);
CREATE UNIQUE INDEX runs_by_occurrence ON runs (sequence, occurrence) WHERE occurrence IS NOT NULL;
CREATE INDEX runs_not_ended ON runs (number) WHERE ended IS NULL;

CREATE TABLE intents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    sync TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    -- what Salesforce called it: a job id, a batch id
    handle TEXT,
    stage TEXT NOT NULL,
    created INTEGER NOT NULL,
    settled INTEGER
) STRICT;
CREATE INDEX intents_open ON intents (sync) WHERE settled IS NULL;
CREATE INDEX intents_by_run ON intents (run, number);

CREATE TABLE outcomes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    sync TEXT NOT NULL,
    intent INTEGER,
    operation TEXT NOT NULL,
    spool TEXT,
    first_row INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    accepted BLOB NOT NULL,
    job TEXT,
    batch TEXT,
    recorded INTEGER NOT NULL
) STRICT;
CREATE INDEX outcomes_by_sync ON outcomes (sync, number);
CREATE INDEX outcomes_by_run ON outcomes (run, number);

CREATE TABLE undelivered (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    outcome INTEGER NOT NULL,
    run TEXT NOT NULL,
    sync TEXT NOT NULL,
    -- the 128-bit key hash
    key BLOB NOT NULL,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX undelivered_by_run ON undelivered (run, sync, number);
CREATE INDEX undelivered_by_key ON undelivered (sync, key);

-- values that a child's lookup may name and whose row was never delivered
CREATE TABLE owed_parents (
    destination TEXT NOT NULL,
    object TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    sync TEXT NOT NULL,
    key BLOB NOT NULL,
    key_text TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (destination, object, field, value, sync)
) STRICT, WITHOUT ROWID;
CREATE INDEX owed_parents_by_key ON owed_parents (sync, key);

CREATE TABLE timetable (
    sequence TEXT PRIMARY KEY,
    -- what the scheduler must not forget, in its own form
    memory TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    run TEXT,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run, number);

CREATE TABLE calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT,
    sync TEXT,
    started INTEGER NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER,
    milliseconds INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL,
    bytes_received INTEGER NOT NULL,
    limits TEXT,
    error TEXT,
    request_body TEXT,
    response_body TEXT
) STRICT;
CREATE INDEX calls_by_run ON calls (run, number);

CREATE TABLE start_keys (key TEXT PRIMARY KEY, run TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE merged_rows (
    sync TEXT NOT NULL,
    key BLOB NOT NULL,
    parent_key TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    victim_id TEXT NOT NULL,
    run TEXT NOT NULL,
    PRIMARY KEY (sync, key)
) STRICT, WITHOUT ROWID;

ALTER TABLE outcomes ADD COLUMN retried INTEGER;
ALTER TABLE undelivered ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX undelivered_by_outcome ON undelivered (outcome, number);

CREATE TABLE launches (
    run TEXT PRIMARY KEY,
    outcome INTEGER NOT NULL,
    crashes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO grdb_migrations VALUES ('start-keys'), ('merges'), ('durability');
INSERT INTO meta VALUES ('state_id', '0d9f7d4e-1111-4222-8333-444455556666'), ('org:org', '00D000000000001');
INSERT INTO runs (id, sequence, state, trigger, created, record) VALUES ('r1', 'crm', 'running', 'manual', 1800000000000000,
    '{"id": "r1", "sequence": "crm", "state": "running", "trigger": "manual", "request": {"fullResync": false, "rejectedOnly": false}, "created": {"microseconds": 1800000000000000}, "warnings": [], "steps": [{"sync": "accounts", "object": "Account", "state": "pushing", "counts": {"read": 0, "added": 0, "changed": 0, "removed": 0, "unchanged": 0, "owed": 0, "created": 0, "updated": 0, "deleted": 0, "merged": 0, "published": 0, "unmatched": 0, "held": 0, "rejected": 0, "unsent": 0, "inDoubt": 0, "batches": 0, "retries": 0, "apiCalls": 0, "bulkRows": 0}}]}');
INSERT INTO intents (run, sync, kind, detail, handle, stage, created) VALUES
    ('r1', 'accounts', 'bulk2-job', 'upsert 0 3 accounts-upsert-1.1', '750000000000001', 'working', 1800000000000000);
INSERT INTO outcomes (run, sync, intent, operation, spool, first_row, row_count, accepted, job, recorded) VALUES
    ('r1', 'contacts', NULL, 'upsert', NULL, 0, 0, x'', NULL, 1800000000000000);
INSERT INTO undelivered (outcome, run, sync, key, state, code, record) VALUES
    (1, 'r1', 'contacts', x'000102030405060708090a0b0c0d0e0f', 'rejected', 'REQUIRED_FIELD_MISSING',
    '{"sync": "contacts", "key": "C-1", "operation": "upsert", "state": "rejected", "code": "REQUIRED_FIELD_MISSING", "message": "Name", "fields": ["Name"], "values": {}, "isRetryable": false}');
INSERT INTO owed_parents VALUES ('org', 'account', 'external_id__c', 'a-1', 'accounts', x'000102030405060708090a0b0c0d0e0f',
    'A-1', 'rejected');
INSERT INTO timetable (sequence, memory) VALUES ('crm', '{}');
