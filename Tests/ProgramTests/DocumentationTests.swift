import Foundation
import TestKit
import Testing

/// Every command of the documentation, run as a reader runs it: page by page, against the built programs and the emulator.
@Suite(.scratchFolder, .timeLimit(.minutes(10))) struct `The documentation` {
    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs")

    private static let pages: [String] = {
        let files = FileManager.default.enumerator(atPath: docs.path)
        return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.sorted()
    }()

    @Test(arguments: pages.filter { Page($0).hasCommands })
    func `has commands that work`(name: String) async throws {
        let page = Page(name)
        let crm = try CRM(accounts: 30, contacts: 60)
        try crm.execute(
            """
            UPDATE contacts SET email = 'not an address' WHERE contact_id = 'C-000005';
            CREATE TABLE IF NOT EXISTS unused (id TEXT)
            """
        )
        try FileManager.default.createDirectory(
            atPath: crm.configuration + "/quiet-windows",
            withIntermediateDirectories: true
        )
        let port = try Self.freePort()
        let script = try crm.folder.write("page.sh", Self.preamble(crm) + page.commands(crm, port: port))
        @Sendable func run() async throws {
            let ending = try await ProgramRunner(path: "/bin/bash").run(
                [script],
                environment: [
                    "PATH": Self.products + ":/usr/local/bin:/usr/bin:/bin", "DATABASE": crm.database,
                    "NOTIFY_SOCKET": nil, "JOURNAL_STREAM": nil,
                ],
                in: crm.folder.path("work"),
                within: .seconds(240)
            )
            #expect(ending.exitCode == 0, "\(name)\n\(ending.output.suffix(4_000))\n\(ending.errors.suffix(4_000))")
        }
        try FileManager.default.createDirectory(atPath: crm.folder.path("work"), withIntermediateDirectories: true)
        guard page.needsDaemon else { return try await run() }
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in try await run() }
        }
    }

    /// `apt`, `make` and usage lines stand in blocks of their own; whoever types the rest must find that it works.
    @Test func `has no command that nothing runs`() {
        for name in Self.pages {
            for block in Page(name).text.matches(of: /(?m)^```([^\n]*)\n((?s).*?)^```$/) where block.1.isEmpty {
                let commands = block.2.split(separator: "\n").filter {
                    $0.prefixMatch(of: #/(sequencectl|curl|systemctl|systemd-creds|journalctl|sequenced)\ /#) != nil
                }
                #expect(commands.isEmpty, "\(name) has commands in a block that is not marked `sh`: \(commands)")
            }
        }
    }

    @Test func `has no command in its front page that no page runs`() {
        let blocks = Self.pages.flatMap { Page($0).text.matches(of: /(?m)^```sh\n((?s).*?)^```$/).map(\.1) }
        let tried = blocks.flatMap { $0.split(separator: "\n") }
        let commands = Page("../README.md").text.split(separator: "\n").filter { $0.hasPrefix("sequencectl ") }
        #expect(!commands.isEmpty)
        for command in commands {
            let plain = command.split(separator: "#", maxSplits: 1)[0].reversed().drop(while: \.isWhitespace).reversed()
            let isRun = tried.contains { $0 == String(plain) || $0.hasPrefix(String(plain) + " ") }
            #expect(isRun, "README.md has \(String(plain)), and no page runs it")
        }
    }

    @Test func `links only to what is there`() throws {
        for name in Self.pages + ["../README.md"] {
            let folder = Self.docs.appendingPathComponent(name).deletingLastPathComponent()
            for match in Page(name).text.matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
                let target = folder.appendingPathComponent(String(match.1)).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: target), "\(name) links to \(match.1)")
            }
        }
    }

    @Test func `names only tests that there are`() throws {
        let tests = Self.docs.deletingLastPathComponent().appendingPathComponent("Tests")
        var sources = ""
        for case let file as String in FileManager.default.enumerator(atPath: tests.path) ?? .init()
        where file.hasSuffix(".swift") {
            sources += try String(contentsOf: tests.appendingPathComponent(file), encoding: .utf8)
        }
        let rows = Page("behaviours.md").text.split(separator: "\n").filter { $0.hasPrefix("|") }
        let names = rows.flatMap { row in
            row.split(separator: "|").last?.matches(of: /`([^`]+)`/).map { String($0.1) } ?? []
        }
        #expect(names.count > 60)
        for name in names {
            let file = tests.deletingLastPathComponent().appendingPathComponent(name).path
            let isThere = sources.contains("func `\(name)`") || FileManager.default.fileExists(atPath: file)
            #expect(isThere, "there is no test \(name)")
        }
    }

    @Test func `lists each page in its index`() {
        let index = Page("README.md").text
        for name in Self.pages where name != "README.md" && !name.hasPrefix("decisions/") {
            #expect(index.contains("(\(name)") || name == "mapping.md", "\(name) is not in docs/README.md")
        }
    }

    @Test func `names each metric, and none that there is not`() async throws {
        let page = Page("operations.md").text
        let documented = Set(
            page.matches(of: /`(sequenced_[a-z_]+)`/).map {
                String($0.1).replacing(/_total$|_info$/, with: "")
            }
        )
        let crm = try CRM(accounts: 5, contacts: 5)
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                _ = try await crm.runToItsEnd()
                _ = try await crm.ctl("reload")
                let text = try await crm.ctl("metrics").output
                let families = Set(text.matches(of: #/# TYPE ([a-z_]+)\ /#).map { String($0.1) })
                for family in families {
                    let isListed =
                        documented.contains(family)
                        || ["received_bytes", "quota_left_calls"].contains { family.hasSuffix($0) }
                    #expect(isListed, "\(family) is not in docs/operations.md")
                }
                for name in documented where name != "sequenced_scheduling_next_timestamp_seconds" {
                    #expect(families.contains(name), "\(name) is in docs/operations.md, and not in:\n\(text)")
                }
            }
        }
    }

    // MARK: - Implementation

    private static let products: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent
    }()

    /// What stands in for an installed daemon: its socket and folder, and an end for what a page leaves running.
    private static func preamble(_ crm: CRM) -> String {
        """
        set -euo pipefail
        trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
        sequencectl() { command sequencectl --socket "\(crm.socket)" --config "\(crm.configuration)" "$@"; }

        """
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard result == 0 else { throw Unexpected(description: "no free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    /// One page of docs/.
    struct Page {
        let text: String

        init(_ name: String) {
            // A page that cannot be read has no commands, and the links to it are missed.
            text = (try? String(contentsOf: docs.appendingPathComponent(name), encoding: .utf8)) ?? ""
        }

        /// A page that speaks of a daemon that runs, with the sample's accounts and contacts.
        var needsDaemon: Bool { text.contains("<!-- test: crm -->") || text.contains("\nsequencectl metrics\n") }

        var hasCommands: Bool { !blocks.isEmpty }

        /// The blocks that are marked as `sh`; those marked `sh host` are run by the system tests.
        private var blocks: [String] {
            text.matches(of: /(?m)^```sh\n((?s).*?)^```$/).map { String($0.1) }
        }

        /// Everything on the page, in order, with this host's places in place of an installed one's.
        func commands(_ crm: CRM, port: UInt16) -> String {
            blocks.joined(separator: "\n")
                .replacingOccurrences(of: "127.0.0.1:8787", with: "127.0.0.1:\(port)")
                .replacingOccurrences(of: "/etc/sequenced", with: crm.configuration)
                .replacingOccurrences(of: "/run/sequenced/control.sock", with: crm.socket)
        }
    }
}
