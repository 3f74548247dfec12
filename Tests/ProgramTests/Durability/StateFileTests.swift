import Foundation
import Glibc
import Subprocess
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A state file` {
    /// A state with a run in it, its file whole.
    private func stateOfARun() async throws -> CRM {
        let crm = try CRM(accounts: 20, contacts: 40)
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.state == "succeeded", "\(run)")
            }
        }
        return crm
    }

    @Test(arguments: ["truncated", "garbage", "empty pages"])
    func `that is damaged keeps the daemon from starting, with words and exit code 73`(damage: String) async throws {
        let crm = try await stateOfARun()
        let file = URL(fileURLWithPath: crm.state + "/ledger.sqlite")
        var bytes = try Data(contentsOf: file)
        #expect(bytes.count > 50_000, "a daemon that has ended leaves one file")
        switch damage {
        case "truncated": bytes = bytes.prefix(bytes.count / 2)
        case "garbage": bytes.replaceSubrange(0..<100, with: Data(repeating: 0x5A, count: 100))
        default:
            guard bytes.count > 12_288 else { return }
            bytes.replaceSubrange(4_096..<12_288, with: Data(count: 8_192))
        }
        try bytes.write(to: file)
        let ending = try await crm.daemonToItsEnd()
        #expect(ending.exitCode == 73, "\(ending)")
        #expect(ending.errors.contains("ledger.sqlite"), "\(ending.errors)")
        #expect(ending.errors.contains("restore a backup"), "\(ending.errors)")
        // Nothing was made in its place.
        #expect(try Data(contentsOf: file).count >= bytes.count)
    }

    @Test func `of a newer version is left alone`() async throws {
        let crm = try await stateOfARun()
        try crm.executeOnLedger("INSERT INTO grdb_migrations VALUES ('something that is yet to come')")
        let ending = try await crm.daemonToItsEnd()
        #expect(ending.exitCode == 73, "\(ending)")
        #expect(ending.errors.contains("newer version"), "\(ending.errors)")
    }

    @Test func `of a snapshot that is damaged stops its sync before anything is sent`() async throws {
        let crm = try await stateOfARun()
        let base = URL(fileURLWithPath: crm.state + "/snapshots/accounts/log")
        var bytes = try Data(contentsOf: base)
        bytes[50] ^= 0xFF
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.write(to: base)
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.state == "failed", "\(run)")
                #expect(run.reason?.contains("snapshot") == true, "\(run)")
                #expect(try await org.counters().created("Account") == 0)
            }
        }
    }

    @Test func `is used with a clock that goes back and forth`() async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        try await crm.withOrg { org in
            for (round, moment) in ["2026-06-01T12:00:00Z", "2020-01-01T00:00:00Z", "2031-03-01T00:00:00Z"].enumerated()
            {
                try crm.execute("UPDATE contacts SET title = 'Round \(round)' WHERE contact_id <= 'C-000005'")
                try await crm.withDaemon(arguments: ["--rehearse", "\(moment),1"]) { _ in
                    let run = try await crm.runToItsEnd()
                    #expect(run.state == "succeeded", "\(moment): \(run)")
                }
            }
            #expect(try await crm.isHeld(by: org, accounts: 20, contacts: 40) == [])
            #expect(try await org.contacts().filter { $0.title == "Round 2" }.count == 5)
            let ending = try await crm.ctl("state", "verify", "--state", crm.state)
            #expect(ending.exitCode == 0, "\(ending)")
        }
    }

    @Test func `has no secret in it, and neither has anything else`() async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        let backup = crm.folder.path("backup.db")
        try crm.folder.write("credentials/salesforce-client-secret", "emulator-secret")
        let outputs = Locked("")
        try await crm.withOrg { org in
            let ending = try await crm.withDaemon(arguments: ["--log-level", "trace"]) { daemon in
                let run = try await crm.runToItsEnd()
                try crm.execute("UPDATE contacts SET title = 'Chief'")
                try await org.fault(#"{"match":{"path":"oauth2/token"},"do":"status","status":401,"times":1}"#)
                _ = try await crm.runToItsEnd()
                for verb in [
                    ["show", run.id], ["show", "accounts"], ["show", "crm"], ["requests", run.id],
                    ["cat", "production"],
                    ["list", "destinations"], ["status"], ["events"], ["metrics"], ["rejected", run.id],
                    ["state", "backup", backup], ["state", "verify"],
                ] {
                    let answer = try await crm.ctl(verb)
                    outputs.value += answer.output + answer.errors
                }
                let limits = try String(contentsOfFile: "/proc/\(daemon.processID)/limits", encoding: .utf8)
                #expect(limits.contains(#/Max core file size +0 +0 /#), "its memory is in no dump\n\(limits)")
                let path = "/proc/\(daemon.processID)/environ"
                if geteuid() == 0 {
                    let environment = try Data(contentsOf: URL(fileURLWithPath: path))
                    outputs.value += String(decoding: environment, as: UTF8.self)
                } else {
                    #expect(!FileManager.default.isReadableFile(atPath: path), "only root looks into it")
                }
            }
            outputs.value += ending.output + ending.errors
        }
        #expect(!outputs.value.contains("emulator-secret"))
        #expect(outputs.value.firstMatch(of: Self.token) == nil)
        #expect(try crm.stateHolds("emulator-secret") == false)
        let kept = String(decoding: try Data(contentsOf: URL(fileURLWithPath: backup)), as: UTF8.self)
        #expect(!kept.contains("emulator-secret"))
        #expect(kept.firstMatch(of: Self.token) == nil)
    }

    @Test func `is of a daemon whose memory no other process of its user reads`() async throws {
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
            print("not root, or no setpriv: the daemon's own user is looked at by the test before")
            return
        }
        let crm = try CRM(accounts: 1, contacts: 1)
        try await crm.withDaemon(asUser: 65_534) { daemon in
            func owner(_ path: String) -> uid_t? {
                var facts = stat()
                return stat("/proc/\(daemon.processID)/\(path)", &facts) == 0 ? facts.st_uid : nil
            }
            // What is about a process that may be dumped is its user's, else it is root's.
            #expect(owner("") == 65_534)
            #expect(owner("environ") == 0)
            #expect(owner("mem") == 0)
        }
    }

    @Test func `that cannot take an outcome fails the run, and what it had locked is free again`() async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        try crm.use(api: "bulk2")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                try await org.fault(
                    #"{"match":{"path":"successfulResults"},"do":"delay","delay_ms":3000,"times":1}"#
                )
                let started = try await crm.document(Documents.Started.self, "start", "crm")
                _ = try await crm.words(of: started.run, containing: "collecting")
                try crm.executeOnLedger("ALTER TABLE outcomes RENAME TO outcomes_away")
                let failed = try await crm.endOfTheNewestRun()
                #expect(failed.state == "failed", "\(failed)")
                #expect(failed.reason?.contains("outcomes") == true, "\(failed)")
                try crm.executeOnLedger("ALTER TABLE outcomes_away RENAME TO outcomes")
                let again = try await crm.runToItsEnd()
                #expect(again.state == "succeeded", "\(again)")
                #expect(try await crm.isHeld(by: org, accounts: 20, contacts: 40) == [])
            }
        }
    }

    /// A session id: the org's id, an exclamation mark, and what must stay secret.
    private static var token: Regex<Substring> { /00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{20}/ }
}

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A run that takes the daemon down` {
    @Test func `three times in a row is given up, and its sequence is paused`() async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        try crm.use(api: "bulk2")
        try await crm.withOrg { org in
            for attempt in 1...3 {
                let ending = try await crm.withDaemon(["SEQUENCED_CRASH_POINT": "job-intended"]) { program in
                    if attempt == 1 { _ = try await crm.ctl("start", "crm") }
                    try await program.waitForEnd()
                }
                #expect(ending.status == .signaled(9), "\(ending)")
            }
            try await crm.withDaemon { _ in
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "failed", "\(run)")
                #expect(run.reason?.contains("3 times in a row") == true, "\(run)")
                let status = try await crm.ctl("status", "crm")
                #expect(status.exitCode == 3, "\(status)")
                #expect(try await crm.runToItsEnd().state == "succeeded")
                #expect(try await crm.isHeld(by: org, accounts: 20, contacts: 40) == [])
            }
        }
    }

    @Test func `goes on as long as something is delivered in between`() async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        try crm.use(api: "bulk2")
        try await crm.withOrg { org in
            for attempt in 1...4 {
                let ending = try await crm.withDaemon(["SEQUENCED_CRASH_POINT": "snapshot-applied"]) { program in
                    if attempt == 1 { _ = try await crm.ctl("start", "crm") }
                    if attempt <= 2 {
                        try await program.waitForEnd()
                    } else {
                        _ = try await crm.endOfTheNewestRun()
                    }
                }
                if attempt <= 2 { #expect(ending.status == .signaled(9), "\(ending)") }
            }
            #expect(try await crm.isHeld(by: org, accounts: 20, contacts: 40) == [])
        }
    }

    @Test func `and had read everything, sends what it had read`() async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        try await crm.withOrg { org in
            try await crm.withDaemon(["SEQUENCED_CRASH_POINT": "plan-made"]) { program in
                _ = try await crm.ctl("start", "crm")
                try await program.waitForEnd()
            }
            // What changes between the reading and the restart is the next run's.
            try crm.execute("UPDATE contacts SET title = 'Later'")
            try await crm.withDaemon { _ in
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "succeeded", "\(run)")
                let later = try await org.contacts().filter { $0.title == "Later" }.count
                #expect(later == 0)
                let next = try await crm.runToItsEnd()
                #expect(next["contacts"]?.updated == 40, "\(next)")
            }
        }
    }
}
