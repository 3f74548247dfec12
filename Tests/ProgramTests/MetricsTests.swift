import Foundation
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Metrics` {
    /// The samples by name and labels, as they stand in the text.
    private func samples(_ text: String) throws -> [String: Double] {
        var samples: [String: Double] = [:]
        var families: Set<Substring> = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                let name = line.split(separator: " ")[2]
                #expect(families.insert(name).inserted, "\(name) stands twice")
                continue
            }
            if line.hasPrefix("#") { continue }
            let parts = try #require(line.wholeMatch(of: /([a-z_]+(?:\{[^}]*\})?) ([0-9.e+-]+|NaN|[+-]Inf)/), "\(line)")
            samples[String(parts.1)] = Double(parts.2)
            #expect(families.contains { parts.1.hasPrefix($0) }, "\(line) has no family")
        }
        return samples
    }

    @Test func `count runs, rows by class and outcome, calls and requests, and say how large the state is`()
        async throws
    {
        let crm = try CRM(accounts: 20, contacts: 60)
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "succeeded")
                #expect(try await crm.runToItsEnd().state == "succeeded")
                let text = try await crm.ctl("metrics").output
                #expect(text.hasSuffix("# EOF\n"))
                let found = try samples(text)
                let expected = [
                    #"sequenced_sequencing_runs_total{sequence="crm",result="succeeded",trigger="manual"}"#: 2.0,
                    #"sequenced_sequencing_run_duration_seconds_count{sequence="crm"}"#: 2,
                    #"sequenced_diffing_rows_total{sync="contacts",class="added"}"#: 60,
                    #"sequenced_diffing_rows_total{sync="contacts",class="unchanged"}"#: 60,
                    #"sequenced_sequencing_sequences{state="idle"}"#: 1,
                    #"sequenced_scheduling_paused{sequence="crm"}"#: 0,
                    #"sequenced_gating_closed{destination="production",kind="window"}"#: 0,
                    #"sequenced_definitions_generation"#: 1,
                ]
                for (name, value) in expected { #expect(found[name] == value, "\(name) in:\n\(text)") }
                let delivered = ["created", "updated"].compactMap {
                    found[#"sequenced_pushing_rows_total{sync="contacts",outcome="\#($0)"}"#]
                }
                #expect(delivered.reduce(0, +) == 60, "\(text)")
                let calls = found.filter {
                    $0.key.hasPrefix(#"sequenced_salesforce_calls_total{destination="production""#)
                }
                #expect(calls.values.reduce(0, +) > 3, "\(text)")
                #expect(
                    (found[#"sequenced_salesforce_quota_left_calls{destination="production"}"#] ?? 0) > 0,
                    "\(text)"
                )
                #expect((found[#"sequenced_state_size_bytes{part="ledger"}"#] ?? 0) > 4_096, "\(text)")
                #expect((found[#"sequenced_state_size_bytes{part="snapshots"}"#] ?? 0) > 0, "\(text)")
                #expect((found[#"sequenced_control_requests_total{verb="start",status="2xx"}"#] ?? 0) == 2, "\(text)")
                let last = try #require(found[#"sequenced_sequencing_last_success_timestamp_seconds{sequence="crm"}"#])
                #expect(abs(last - Date().timeIntervalSince1970) < 600)
                #expect(text.contains("sequenced_build_info{version="))
            }
        }
    }

    @Test func `know of deliveries from before the start, and of refused reloads`() async throws {
        let crm = try CRM(accounts: 5, contacts: 5)
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in _ = try await crm.runToItsEnd() }
            try await crm.withDaemon { _ in
                try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
                #expect(try await crm.ctl("reload").exitCode == 78)
                let text = try await crm.ctl("metrics").output
                let found = try samples(text)
                #expect(
                    found[#"sequenced_sequencing_last_success_timestamp_seconds{sequence="crm"}"#] != nil,
                    "\(text)"
                )
                #expect(found[#"sequenced_definitions_reloads_total{result="refused"}"#] == 1, "\(text)")
            }
        }
    }
}
