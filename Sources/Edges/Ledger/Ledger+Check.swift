internal import CivilTime
import Foundation
internal import GRDB
package import SyncModel

/// What the ledger says of itself, as far as one file can tell.
package struct LedgerCheck: Sendable {
    /// Each breaks a promise: what, of which thing.
    package var faults: [String] = []
    package var runs: [RunID: RunState] = [:]
    package var outcomes = 0
    package var openIntents: [Intent] = []
    /// The newest outcome of each sync.
    package var lastOutcomes: [String: Int64] = [:]
    package var stateID = ""
}

extension Ledger {
    /// Checks everything that the ledger alone can show, at one moment.
    package func check() async throws -> LedgerCheck {
        try await wrapping("check the state") {
            try await self.pool.read { database in
                var check = LedgerCheck()
                check.stateID =
                    try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'state_id'") ?? ""
                try Self.checkFile(database, &check)
                try Self.checkRuns(database, &check)
                try Self.checkIntents(database, &check)
                try Self.checkOutcomes(database, &check)
                try Self.checkUndelivered(database, &check)
                try Self.checkCounts(database, &check)
                return check
            }
        }
    }

    // MARK: - Implementation

    private static func checkFile(_ database: Database, _ check: inout LedgerCheck) throws {
        for line in try String.fetchAll(database, sql: "PRAGMA integrity_check(20)") where line != "ok" {
            check.faults.append("the file: \(line)")
        }
    }

    private static func checkRuns(_ database: Database, _ check: inout LedgerCheck) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT id, state, ended, record FROM runs")
        while let row = try rows.next() {
            let id: String = row["id"]
            let text: String = row["record"]
            guard let run = try? JSONDecoder().decode(RunRecord.self, from: Data(text.utf8)) else {
                check.faults.append("run \(id): its record can't be read")
                continue
            }
            check.runs[RunID(rawValue: id)] = run.state
            let state: String = row["state"]
            let ended: Int64? = row["ended"]
            if run.id.rawValue != id || run.state.rawValue != state || run.ended?.microseconds != ended {
                check.faults.append("run \(id): what is asked for differs from its record")
            }
            if run.state.hasEnded != (ended != nil) {
                check.faults.append("run \(id): it is \(state), and its end is \(ended == nil ? "missing" : "there")")
            }
            if run.state.hasEnded, let step = run.steps.first(where: { !$0.state.hasEnded }) {
                check.faults.append("run \(id): it has ended, and its step \(step.sync) is \(step.state.rawValue)")
            }
        }
    }

    private static func checkIntents(_ database: Database, _ check: inout LedgerCheck) throws {
        let sql = "SELECT * FROM intents WHERE settled IS NULL ORDER BY number"
        check.openIntents = try Row.fetchAll(database, sql: sql).compactMap(intent)
        for intent in check.openIntents {
            let name = "intent \(intent.number) of \(intent.sync)"
            if check.runs[intent.run] == nil {
                check.faults.append("\(name): its run \(intent.run) is not known")
            }
            if intent.kind == "bulk2-job", intent.stage != .creating, intent.handle == nil {
                check.faults.append("\(name): it is \(intent.stage.rawValue), and its job's id is missing")
            }
            let recorded = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM outcomes WHERE intent = ? AND sync = ?)",
                arguments: [intent.number, intent.sync]
            )
            if intent.kind == "bulk2-job", recorded == true {
                check.faults.append("\(name): its outcome is recorded, and it is open still")
            }
        }
        let twice = """
            SELECT intent FROM outcomes WHERE intent IS NOT NULL AND spool IS NOT NULL
            GROUP BY intent, spool, first_row HAVING count(*) > 1
            """
        for number in try Int64.fetchAll(database, sql: twice) {
            check.faults.append("intent \(number): one range of its rows has two outcomes")
        }
        // The newest outcome of a sync outlives its run.
        let lost = """
            SELECT number FROM outcomes WHERE intent IS NOT NULL AND intent NOT IN (SELECT number FROM intents)
                AND run IN (SELECT id FROM runs)
            """
        for number in try Int64.fetchAll(database, sql: lost) {
            check.faults.append("outcome \(number): its intent is not known")
        }
    }

    private static func checkOutcomes(_ database: Database, _ check: inout LedgerCheck) throws {
        let sql = """
            SELECT number, run, sync, row_count, accepted, elsewhere, intent, spool,
                (SELECT count(*) FROM undelivered WHERE outcome = outcomes.number) AS left
            FROM outcomes ORDER BY number
            """
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
            let number: Int64 = row["number"]
            let sync: String = row["sync"]
            let accepted: Data = row["accepted"]
            let sent: Int = row["row_count"]
            let left: Int = row["left"]
            // An adoption and what a person said of rows in doubt sent nothing, and have no intent.
            let wasSent = row["spool"] != nil && row["intent"] != nil
            check.outcomes += 1
            check.lastOutcomes[sync] = number
            let name = "outcome \(number) of \(sync)"
            let count = accepted.reduce(0) { $0 + $1.nonzeroBitCount }
            if accepted.count != (sent + 7) / 8 || (sent % 8 != 0 && (accepted.last ?? 0) >> UInt8(sent % 8) != 0) {
                check.faults.append("\(name): \(sent) rows were sent, and \(accepted.count) bytes tell of them")
            }
            guard wasSent else { continue }
            let elsewhere: Int? = row["elsewhere"]
            // The newest outcome of a sync outlives its run and the rows of it that were not delivered.
            let isKept = check.runs[RunID(rawValue: row["run"])] != nil
            if let elsewhere, isKept ? count + elsewhere + left != sent : count + elsewhere > sent {
                check.faults.append(
                    "\(name): \(sent) rows were sent; \(count) accepted, \(left) not delivered, \(elsewhere) sent again or settled"
                )
            }
        }
    }

    private static func checkUndelivered(_ database: Database, _ check: inout LedgerCheck) throws {
        let states = UndeliveredState.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let faults: [(String, String)] = [
            (
                "a row that was not delivered belongs to no outcome",
                "SELECT count(*) FROM undelivered WHERE outcome NOT IN (SELECT number FROM outcomes)"
            ),
            (
                "a row that was not delivered has a state that is not known",
                "SELECT count(*) FROM undelivered WHERE state NOT IN (\(states))"
            ),
            (
                "a row is twice among those of one outcome that were not delivered",
                """
                SELECT count(*) FROM (SELECT 1 FROM undelivered
                    WHERE key != zeroblob(16) AND instr(record, '"DOUBLED_KEY"') = 0
                    GROUP BY outcome, key, state HAVING count(*) > 1)
                """
            ),
        ]
        for (words, sql) in faults {
            let count = try Int.fetchOne(database, sql: sql) ?? 0
            if count > 0 { check.faults.append("\(words): \(count) times") }
        }
    }

    /// What a run's steps count as written is what its outcomes accepted.
    private static func checkCounts(_ database: Database, _ check: inout LedgerCheck) throws {
        var accepted: [String: Int] = [:]
        let outcomes = try Row.fetchCursor(
            database,
            sql: "SELECT run, sync, accepted FROM outcomes WHERE intent IS NOT NULL"
        )
        while let row = try outcomes.next() {
            let run: String = row["run"]
            let sync: String = row["sync"]
            let bits: Data = row["accepted"]
            accepted["\(run) \(sync)", default: 0] += bits.reduce(0) { $0 + $1.nonzeroBitCount }
        }
        let runs = try String.fetchCursor(database, sql: "SELECT record FROM runs")
        while let text = try runs.next() {
            guard let run = try? JSONDecoder().decode(RunRecord.self, from: Data(text.utf8)) else { continue }
            for step in run.steps {
                let counts = step.counts
                let made = counts.created + counts.updated + counts.published
                let written = made + counts.deleted + counts.merged
                let known = accepted["\(run.id) \(step.sync)"] ?? 0
                // A record that was gone already counts as deleted, with no call; outcomes of old runs may have been pruned.
                if written < known || (known > 0 && made > known) {
                    check.faults.append(
                        "run \(run.id), step \(step.sync): it counts \(written) rows as written, its outcomes \(known)"
                    )
                }
            }
        }
    }
}
