package import CivilTime
internal import Foundation
internal import GRDB
internal import SyncModel

/// What was spent on an org in one hour.
package struct SpentHour: Sendable, Equatable {
    package var from: Timestamp
    package var calls = 0
    package var rows = 0
    package var batches = 0

    package init(from: Timestamp) {
        self.from = from
    }
}

/// How long a sync of a sequence took to deliver, once.
package struct PastPush: Sendable, Equatable {
    package var duration: Duration
    package var rows: Int
}

extension Ledger {
    /// Calls and bulk rows of these syncs, calls of no sync included, hour by hour, oldest first.
    package func spending(of syncs: Set<String>, since time: Timestamp) async throws -> [SpentHour] {
        try await wrapping("read what was spent") {
            try await self.pool.read { database in
                var hours: [Int64: SpentHour] = [:]
                func hour(_ number: Int64) -> SpentHour {
                    hours[number] ?? SpentHour(from: Timestamp(microseconds: number * Self.hour))
                }
                let calls = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT started / \(Self.hour) AS hour, sync, count(*) AS calls FROM calls
                        WHERE started > ? GROUP BY hour, sync
                        """,
                    arguments: [time.microseconds]
                )
                for row in calls {
                    if let sync = row["sync"] as String?, !syncs.contains(sync) { continue }
                    let number: Int64 = row["hour"]
                    var spent = hour(number)
                    spent.calls += row["calls"]
                    hours[number] = spent
                }
                let outcomes = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT recorded / \(Self.hour) AS hour, sync, sum(row_count) AS rows,
                            sum((row_count + 9999) / 10000) AS batches FROM outcomes
                        WHERE recorded > ? AND job IS NOT NULL GROUP BY hour, sync
                        """,
                    arguments: [time.microseconds]
                )
                for row in outcomes where syncs.contains(row["sync"]) {
                    let number: Int64 = row["hour"]
                    var spent = hour(number)
                    spent.rows += row["rows"]
                    spent.batches += row["batches"]
                    hours[number] = spent
                }
                return hours.values.sorted { $0.from < $1.from }
            }
        }
    }

    /// The last 20 successful deliveries of a sync in a sequence that sent something, newest first.
    package func pushes(of sync: String, in sequence: String) async throws -> [PastPush] {
        try await wrapping("read the history of \(sync)") {
            try await self.pool.read { database in
                let records = try String.fetchAll(
                    database,
                    sql: """
                        SELECT record FROM runs WHERE sequence = ? AND state IN ('succeeded', 'partial')
                        ORDER BY number DESC LIMIT 60
                        """,
                    arguments: [sequence]
                )
                var pushes: [PastPush] = []
                for record in records where pushes.count < 20 {
                    let run = try JSONDecoder().decode(RunRecord.self, from: Data(record.utf8))
                    guard let step = run.steps.first(where: { $0.sync == sync }),
                        step.state == .succeeded || step.state == .partial, let from = step.pushing,
                        let until = step.ended
                    else { continue }
                    let waited = Duration.microseconds(step.waited ?? 0)
                    let rows = step.counts.added + step.counts.changed + step.counts.owed
                    pushes.append(PastPush(duration: max(.zero, until - from - waited), rows: rows))
                }
                return pushes
            }
        }
    }

    /// Microseconds.
    private static let hour: Int64 = 3_600_000_000
}
