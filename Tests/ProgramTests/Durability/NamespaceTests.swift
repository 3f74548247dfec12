import Foundation
import Subprocess
import TestKit
import Testing

/// The host's troubles, made in a mount namespace of the daemon's own.
@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A host in trouble` {
    @Test func `a full state folder fails the run in words, and nothing is lost when there is room again`() async throws
    {
        guard try await Namespace.isAllowed() else { return }
        let crm = try CRM(accounts: 100, contacts: 3_000)
        try FileManager.default.createDirectory(atPath: crm.state, withIntermediateDirectories: false)
        let setup = """
            mount -t tmpfs -o size=3m tmpfs '\(crm.state)' && head -c 2300k /dev/zero >'\(crm.state)/filler'
            """
        try await crm.withOrg { org in
            try await crm.withDaemon(in: setup) { daemon in
                _ = try await crm.ctl("start", "crm", "--timeout", "20s", "--wait")
                let shown = try await crm.ctl("list", "runs").output
                // It answers still, whatever it could not write.
                #expect(try await crm.ctl("list", "sequences").exitCode == 0, "\(shown)")
                try FileManager.default.removeItem(atPath: "/proc/\(daemon.processID)/root\(crm.state)/filler")
                let failed = try await crm.endOfTheNewestRun()
                #expect(failed.state == "failed", "\(failed)")
                let reason = failed.reason ?? ""
                #expect(reason.contains("disk is full") || reason.contains("No space left"), "\(reason)")
                let again = try await crm.runToItsEnd()
                #expect(again.state == "succeeded", "\(again)")
                #expect(try await crm.isHeld(by: org, accounts: 100, contacts: 3_000) == [])
                let found = try await crm.document(Documents.State.self, "state", "verify").state
                #expect(found.faults == [])
            }
        }
    }

    @Test func `a state that can't be written is told by the status, for as long as it is so`() async throws {
        guard try await Namespace.isAllowed() else { return }
        let crm = try CRM(accounts: 1, contacts: 1)
        try FileManager.default.createDirectory(atPath: crm.state, withIntermediateDirectories: false)
        try await crm.withOrg { _ in
            try await crm.withDaemon(in: "mount -t tmpfs -o size=3m tmpfs '\(crm.state)'") { daemon in
                func warnings() async throws -> [String] {
                    try await crm.document(Documents.Status.self, "status").daemon.warnings
                }
                #expect(try await warnings() == [])
                let filler = "/proc/\(daemon.processID)/root\(crm.state)/filler"
                _ = try await ProgramRunner(path: "/bin/sh").run(["-c", "cat /dev/zero >'\(filler)'"])
                let refused = try await crm.ctl("start", "crm")
                #expect(refused.exitCode != 0 && refused.errors.contains("disk is full"), "\(refused)")
                let told = try await warnings()
                #expect(told.count == 1 && told[0].contains("disk is full; free room"), "\(told)")
                try FileManager.default.removeItem(atPath: filler)
                #expect(try await warnings() == [])
                #expect(try await crm.runToItsEnd().state == "succeeded")
            }
        }
    }

    @Test func `a state folder that may not be written is told of, with exit code 73`() async throws {
        guard try await Namespace.isAllowed() else { return }
        let crm = try CRM(accounts: 1, contacts: 1)
        try FileManager.default.createDirectory(atPath: crm.state, withIntermediateDirectories: false)
        let ending = try await crm.daemonToItsEnd(in: "mount -t tmpfs -o ro tmpfs '\(crm.state)'")
        #expect(ending.exitCode == 73, "\(ending)")
        #expect(ending.errors.contains(crm.state), "\(ending.errors)")
        #expect(ending.errors.lowercased().contains("read-only"), "\(ending.errors)")
    }

    @Test func `a name that is not known is waited for, and the run goes on when it is`() async throws {
        guard try await Namespace.isAllowed() else { return }
        let crm = try CRM(accounts: 10, contacts: 20)
        let hosts = try crm.folder.write("hosts", "127.0.0.9 somebody-else\n")
        try await crm.withOrg { org in
            try crm.edit("destinations/production.yaml") { $0.replacing("127.0.0.1", with: "localhost") }
            try await crm.withDaemon(in: "mount --bind '\(hosts)' /etc/hosts") { _ in
                let started = try await crm.document(Documents.Started.self, "start", "crm")
                let words = try await crm.words(of: started.run, containing: "not reached")
                #expect(words.contains("localhost"), "\(words)")
                try crm.folder.append("hosts", "127.0.0.1 localhost\n")
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "succeeded", "\(run)")
                #expect(try await crm.isHeld(by: org, accounts: 10, contacts: 20) == [])
            }
        }
    }
}

/// Mounts that only one program sees.
enum Namespace {
    /// Whether this host lets a program have mounts of its own; where not, that is said.
    static func isAllowed() async throws -> Bool {
        let tried = try await ProgramRunner(path: "/usr/bin/unshare").run(["--mount", "true"])
        if tried.exitCode == 0 { return true }
        print("no mount namespace may be made here, so this was not tried: \(tried.errors)")
        return false
    }

    /// The words behind `unshare` that mount something, then become a program.
    static func arguments(_ setup: String, _ program: ProgramRunner, _ arguments: [String]) -> [String] {
        let script = "\(setup) || exit 99; exec \"$0\" \"$@\""
        return ["--mount", "--propagation", "private", "/bin/sh", "-c", script, program.path] + arguments
    }
}
