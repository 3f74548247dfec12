import ControlProtocol
import Foundation
import Synchronization
import TestKit
import Testing

/// What `--output json` prints is one document, of whatever verb.
@Suite(.scratchFolder) struct `With --output json` {
    private func run(
        _ arguments: [String],
        _ socket: String = "/nonexistent/control.sock",
        path: String? = nil
    ) async throws -> ProgramRunner.Ending {
        let environment: [String: String?] = path.map { ["PATH": $0] } ?? [:]
        return try await ProgramRunner(product: "sequencectl").run(
            ["--socket", socket] + arguments,
            environment: environment
        )
    }

    /// The only document of the text.
    private func document(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private func daemon(events count: Int64) -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.state.withLock {
            $0.events = (1...count).map {
                EventReport(number: $0, time: "2026-03-01T00:00:00Z", kind: "run", message: "crm \($0)")
            }
        }
        return daemon
    }

    @Test func `events are a list in one document, and one a line where they are followed`() async throws {
        let daemon = daemon(events: 3)
        try await withServed(daemon) { (socket: String) async throws in
            let whole = try document(try await run(["events", "-o", "json"], socket).output)
            #expect(Set(whole.keys) == ["schema", "events"])
            #expect(whole["schema"] as? Int == 1)
            let events = try #require(whole["events"] as? [[String: Any]])
            #expect(events.map { $0["number"] as? Int } == [1, 2, 3])
            let none = try document(try await run(["events", "-o", "json", "--after", "3"], socket).output)
            #expect((none["events"] as? [Any])?.isEmpty == true)
            #expect(try await run(["events", "-o", "yaml"], socket).output.hasPrefix("events:\n  - "))
            let (_, followed) = try await ProgramRunner(product: "sequencectl").run(
                ["--socket", socket, "events", "--follow", "-o", "json"]
            ) { program in
                _ = try await program.line(containing: "crm 3")
            }
            let lines = followed.output.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(try lines.map { try document(String($0))["number"] as? Int } == [1, 2, 3])
        }
    }

    /// A journal of its own for the program: what stands in the file, or an end that is not one.
    private func journal(_ script: String) throws -> String {
        let folder = try ScratchFolder.current
        let file = try folder.write("bin/journalctl", "#!/bin/sh\n\(script)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        return folder.path("bin") + ":/usr/bin:/bin"
    }

    @Test func `the entries of a run's log are a list in one document`() async throws {
        let path = try journal(#"echo '{"MESSAGE":"a","__CURSOR":"1"}'; echo '{"MESSAGE":"b"}'; echo "$@" >&2"#)
        let ending = try await run(["logs", "r1", "-o", "json"], path: path)
        #expect(ending.exitCode == 0, "\(ending)")
        #expect(
            ending.output == #"{"entries":[{"MESSAGE":"a","__CURSOR":"1"},{"MESSAGE":"b"}],"schema":1}"# + "\n",
            "\(ending)"
        )
        #expect(ending.errors.contains("SEQUENCED_RUN=r1 --output=json"), "\(ending)")
        #expect(try await run(["logs", "r1", "-o", "yaml"], path: path).output.hasPrefix("entries:\n"))
        let followed = try await run(["logs", "r1", "-o", "json", "--follow"], path: path)
        #expect(followed.output.split(separator: "\n").count == 2, "\(followed)")
        #expect(try await run(["logs", "r1", "-o", "yaml", "--follow"], path: path).exitCode == 64)
    }

    @Test func `a journal without a word of the run is an empty list, one that cannot be read an error`() async throws {
        let empty = try await run(["logs", "r1", "-o", "json"], path: try journal("exit 0"))
        #expect(empty.output == #"{"entries":[],"schema":1}"# + "\n", "\(empty)")
        let broken = try await run(["logs", "r1", "-o", "json"], path: try journal("exit 3"))
        #expect(broken.exitCode == 1, "\(broken)")
        let error = try #require(try document(broken.output)["error"] as? [String: Any])
        #expect((error["message"] as? String)?.contains("exit code 3") == true, "\(error)")
        let none = try await run(["logs", "r1", "-o", "json"], path: "/nonexistent")
        #expect(none.exitCode == 1, "\(none)")
        #expect(try document(none.output)["error"] != nil)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a completion script is a text in a document`(shell: String) async throws {
        let script = try await run(["completion", shell]).output
        let document = try document(try await run(["completion", shell, "-o", "json"]).output)
        #expect(document["script"] as? String == String(script.dropLast()))
    }

    private static let places = [
        ["--output", "json", "window", "list"], ["window", "--output", "json", "list"],
        ["window", "list", "--output", "json"], ["--utc", "window", "--output=json"], ["window", "-o", "json", "test"],
        ["state", "-o", "json", "backup", "b"],
    ]

    @Test(arguments: places)
    func `stands before a verb, within it and behind it`(arguments: [String]) async throws {
        // Nobody listens there; that the words were understood is seen by what is complained of.
        let ending = try await run(arguments, "/nonexistent/control.sock")
        let error = try #require(try document(ending.output)["error"] as? [String: Any], "\(ending)")
        #expect(error["code"] as? String == "not-reached", "\(ending)")
    }
}
