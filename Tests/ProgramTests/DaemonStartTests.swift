import Foundation
import Subprocess
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Starting the daemon` {
    @Test func `exits 78 for a broken definition, and says where it is`() async throws {
        let crm = try CRM()
        try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
        let ending = try await crm.daemonToItsEnd()
        #expect(ending.exitCode == 78, "\(ending)")
        #expect(ending.errors.contains("syncs/contacts.yaml:5:1:"), "\(ending.errors)")
        #expect(ending.errors.contains("did you mean `mode`?"), "\(ending.errors)")
    }

    @Test func `exits 78 without a folder of definitions`() async throws {
        let crm = try CRM()
        let ending = try await crm.daemonToItsEnd([
            "--config", "/nowhere", "--state", crm.state, "--socket", crm.socket,
        ])
        #expect(ending.exitCode == 78, "\(ending)")
        #expect(ending.errors.contains("/nowhere"), "\(ending.errors)")
    }

    @Test(arguments: [["--no-such-option"], ["--rehearse", "yesterday"], ["--log-level", "loud"], ["surplus"]])
    func `exits 64 for a command line that is wrong`(arguments: [String]) async throws {
        let ending = try await CRM().daemonToItsEnd(arguments)
        #expect(ending.exitCode == 64, "\(ending)")
        #expect(ending.errors.contains(arguments[0]), "\(ending.errors)")
    }

    @Test(arguments: ["500", "many"])
    func `exits 70 when it is told of descriptors that it was not given, and harms nothing`(count: String) async throws
    {
        let crm = try CRM()
        let ending = try await crm.daemonToItsEnd(after: "export LISTEN_PID=$$ LISTEN_FDS=\(count)")
        #expect(ending.exitCode == 70, "\(ending)")
        #expect(ending.errors.contains("sequenced: cannot take the descriptors that were passed"), "\(ending.errors)")
        #expect(ending.errors.contains("LISTEN_FDS"), "\(ending.errors)")
        #expect(!FileManager.default.fileExists(atPath: crm.socket))
        try await crm.withDaemon { _ in
            let status = try await crm.ctl("status")
            #expect(status.exitCode == 0, "\(status)")
        }
    }

    @Test func `exits 73 when there can be no state folder`() async throws {
        let crm = try CRM()
        try crm.folder.write("file", "")
        let state = crm.folder.path("file/state")
        let ending = try await crm.daemonToItsEnd([
            "--config", crm.configuration, "--state", state, "--socket", crm.socket,
        ])
        #expect(ending.exitCode == 73, "\(ending)")
        #expect(ending.errors.contains(state), "\(ending.errors)")
    }

    @Test func `exits 75 when another holds the state folder, names it, and leaves it alone`() async throws {
        let crm = try CRM()
        try await crm.withDaemon { first in
            let second = try await crm.daemonToItsEnd()
            #expect(second.exitCode == 75, "\(second)")
            #expect(second.errors.contains("\(first.processID)"), "\(second.errors)")
            #expect(try await crm.ctl("list", "sequences").exitCode == 0)
        }
    }

    @Test func `exits 75 when another listens on the socket`() async throws {
        let crm = try CRM()
        try await crm.withDaemon { _ in
            let second = try await crm.daemonToItsEnd([
                "--config", crm.configuration, "--state", crm.folder.path("other"), "--socket", crm.socket,
            ])
            #expect(second.exitCode == 75, "\(second)")
            #expect(second.errors.contains(crm.socket), "\(second.errors)")
            #expect(try await crm.ctl("list", "sequences").exitCode == 0)
        }
    }

    @Test func `takes a socket's name for a file in the folder where it was started`() async throws {
        let crm = try CRM()
        _ = try await ProgramRunner(product: "sequenced").run(
            ["--config", crm.configuration, "--state", crm.state, "--socket", "s"],
            in: crm.folder.path
        ) { program in
            _ = try await program.line(containing: "Daemon is ready")
            let asked = try await ProgramRunner(product: "sequencectl").run(
                ["--socket", "s", "list", "sequences"],
                in: crm.folder.path
            )
            #expect(asked.exitCode == 0, "\(asked)")
        }
    }

    @Test func `makes the socket's folder, and exits 77 where it cannot`() async throws {
        let crm = try CRM()
        try crm.folder.write("file", "")
        let socket = crm.folder.path("file/run/control.sock")
        let ending = try await crm.daemonToItsEnd([
            "--config", crm.configuration, "--state", crm.state, "--socket", socket,
        ])
        #expect(ending.exitCode == 77, "\(ending)")
        #expect(ending.errors.contains(crm.folder.path("file/run")), "\(ending.errors)")
        #expect(ending.errors.contains("--socket"), "\(ending.errors)")
    }

    @Test func `narrows the state folder to its owner`() async throws {
        let crm = try CRM()
        try FileManager.default.createDirectory(
            atPath: crm.state,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755]
        )
        try await crm.withDaemon { _ in
            let mode = try FileManager.default.attributesOfItem(atPath: crm.state)[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test func `ends with 0 when asked, and takes its socket along`() async throws {
        let crm = try CRM()
        let ending = try await crm.withDaemon { _ in
            #expect(FileManager.default.fileExists(atPath: crm.socket))
        }
        #expect(ending.exitCode == 0, "\(ending)")
        #expect(!FileManager.default.fileExists(atPath: crm.socket))
    }

    @Test func `replaces the socket that a killed one left behind`() async throws {
        let crm = try CRM()
        let killed = try await crm.withDaemon { try await $0.kill() }
        #expect(killed.status == .signaled(9))
        #expect(FileManager.default.fileExists(atPath: crm.socket))
        try await crm.withDaemon { _ in
            let ending = try await crm.ctl("list", "sequences")
            #expect(ending.exitCode == 0, "\(ending)")
        }
    }

    @Test func `is told from one that does not run`() async throws {
        let crm = try CRM()
        #expect(try await crm.ctl("status").exitCode == 3)
        let ending = try await crm.ctl("list", "sequences")
        #expect(ending.exitCode == 69, "\(ending)")
        #expect(ending.errors.contains(crm.socket), "\(ending.errors)")
        let document = try await crm.document(Documents.Failed.self, "list", "sequences")
        #expect(document.error.code == "not-reached")
    }

    @Test func `is asked for names that there are not`() async throws {
        let crm = try CRM()
        try await crm.withDaemon { _ in
            #expect(try await crm.ctl("show", "nothing").exitCode == 4)
            #expect(try await crm.ctl("start", "nothing").exitCode == 5)
            #expect(try await crm.ctl("status", "nothing").exitCode == 4)
            let document = try await crm.document(Documents.Failed.self, "show", "nothing")
            #expect(document.error.message.contains("nothing"), "\(document.error)")
        }
    }
}
