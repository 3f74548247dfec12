internal import GRDB

extension LedgerSchema {
    /// What proves that nothing was lost: counted retries, rows that were looked at anew, launches between crashes.
    static func registerDurability(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("durability") { database in
            try database.execute(
                sql: """
                    -- rows of the range that go again in a spool of their own; null where nobody counted
                    ALTER TABLE outcomes ADD COLUMN retried INTEGER;
                    -- 1: the run was interrupted later, and looked at the row anew
                    ALTER TABLE undelivered ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
                    CREATE INDEX undelivered_by_outcome ON undelivered (outcome, number);

                    -- a run that was conducted when the daemon went away is still here at the next start
                    CREATE TABLE launches (
                        run TEXT PRIMARY KEY,
                        -- the run's newest outcome when it was launched
                        outcome INTEGER NOT NULL,
                        -- how often the daemon went away since, with no newer outcome
                        crashes INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
