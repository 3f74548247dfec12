import Foundation
import TestKit
import Testing

/// Every key of control.md's documents is there, in whatever the real daemon answers: null where nothing applies.
@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `The documents that others build on` {
    private static let run = ["id", "sequence", "state", "trigger", "created", "started", "ended"]
    private static let step = [
        "sync", "object", "state", "reason", "read", "added", "changed", "removed", "unchanged", "owed", "created",
        "updated", "deleted", "unmatched", "held", "rejected", "batches", "retries", "api_calls", "bulk_rows",
        "started", "ended", "merged", "published", "unsent", "in_doubt",
    ]
    private static let row = [
        "sync", "key", "operation", "state", "code", "message", "fields", "explanation", "remedy", "retryable",
        "resting", "values",
    ]
    private static let plan = [
        "sync", "object", "mode", "added", "changed", "removed", "unchanged", "owed", "rejected", "api", "api_calls",
        "bulk_rows", "guards", "gates", "samples",
    ]

    /// The only document that a verb prints.
    private func document(_ crm: CRM, _ arguments: String...) async throws -> [String: Any] {
        let ending = try await crm.ctl(arguments + ["--output", "json"])
        let document = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any]
        return try #require(document, "\(arguments): \(ending)")
    }

    /// That the object at the path has all of the keys.
    private func expect(_ keys: [String], in value: Any?, _ what: String) {
        let object = value as? [String: Any] ?? (value as? [Any])?.first as? [String: Any]
        let missing = keys.filter { object?.keys.contains($0) != true }
        #expect(missing == [], "\(what): \(value ?? "nothing")")
    }

    @Test func `hold every key, of runs, steps, rows, plans and sequences`() async throws {
        let crm = try CRM(accounts: 5, contacts: 5)
        try crm.execute("UPDATE contacts SET last_name = NULL WHERE contact_id = 'C-000001'")
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let planned = try await document(crm, "plan", "accounts")
                expect(Self.plan, in: planned["plan"], "plan")
                let sample = ((planned["plan"] as? [String: Any])?["samples"] as? [[String: Any]])?.first
                expect(["key", "class", "fields"], in: sample, "a sample")
                let before = try await document(crm, "status")
                expect(["name", "state", "last", "next", "waiting", "paused"], in: before["sequences"], "status")
                let started = try await document(crm, "start", "crm")
                expect(["schema", "run", "coalesced"], in: started, "start")
                let id = try #require(started["run"] as? String)
                _ = try await crm.endOfTheOnlyRun()
                let shown = try #require(try await document(crm, "show", id)["run"] as? [String: Any])
                expect(
                    Self.run + ["reason", "warnings", "steps", "actor", "scheduled", "retry_of"],
                    in: shown,
                    "show"
                )
                expect(["uid", "name"], in: shown["actor"], "the actor")
                for step in shown["steps"] as? [[String: Any]] ?? [] { expect(Self.step, in: step, "a step") }
                expect(Self.run, in: try await document(crm, "list", "runs")["runs"], "list runs")
                let rejected = try await document(crm, "rejected", id)
                expect(Self.row, in: rejected["rows"], "rejected")
                let after = try await document(crm, "status", "crm")
                expect(Self.run, in: (after["sequences"] as? [[String: Any]])?.first?["last"], "the last run")
            }
        }
    }

    @Test func `hold every key, of windows, calendars, checks and errors`() async throws {
        let crm = try CRM(accounts: 1, contacts: 1)
        try await crm.withDaemon { _ in
            _ = try await document(crm, "window", "add", "--object", "Account", "--for", "5min", "--reason", "r")
            let tested = try await document(crm, "window", "test")
            expect(["window", "objects", "destination", "until", "reason"], in: tested["closed"], "window test")
            let later = try await document(crm, "window", "test", "--at", "2100-01-01T00:00:00+01:00")
            #expect((later["closed"] as? [Any])?.isEmpty == true, "\(later)")
            let calendar = try await document(
                crm,
                "calendar",
                "daily",
                "--iterations",
                "2",
                "--base-time",
                "2026-01-01T00:00:00Z"
            )
            expect(["schema", "normalized", "elapses", "notes"], in: calendar, "calendar")
            #expect(calendar["elapses"] as? [String] == ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"])
            expect(["schema", "valid", "faults"], in: try await document(crm, "check"), "check")
            try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
            let faults = try await document(crm, "check")
            #expect(faults["valid"] as? Bool == false)
            expect(["file", "line", "column", "key", "message", "suggestion"], in: faults["faults"], "a fault")
            let error = try await document(crm, "show", "nothing")
            expect(["code", "message", "hint"], in: error["error"], "an error")
        }
    }
}
