import Foundation
import TestKit
import Testing

@Suite struct `The unit` {
    private let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../units/sequenced.service"
    ).path
    private let analyze = "/usr/bin/systemd-analyze"

    private var text: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }

    private func isThere() -> Bool {
        guard !FileManager.default.isExecutableFile(atPath: analyze) else { return true }
        print("no systemd-analyze: the unit is not looked at")
        return false
    }

    @Test func `is exposed at 1.5 at most`() async throws {
        guard isThere() else { return }
        let ending = try await ProgramRunner(path: analyze).run([
            "security", "--no-pager", "--offline=true", "--threshold=15", path,
        ])
        #expect(ending.exitCode == 0, "\(ending.output.suffix(200))")
    }

    @Test func `has nothing that systemd does not know`() async throws {
        guard isThere() else { return }
        try await withScratchFolder { folder in
            // The programs and pages are not installed here.
            let installed = try text.replacing("/usr/sbin/sequenced", with: "/bin/true").replacing(
                "/usr/bin/sequencectl",
                with: "/bin/true"
            )
            let unit = try folder.write("sequenced.service", installed)
            let ending = try await ProgramRunner(path: analyze).run([
                "verify", "--man=no", "--recursive-errors=no", unit,
            ])
            #expect(ending.exitCode == 0)
            #expect(ending.output.isEmpty && ending.errors.isEmpty, "\(ending.errors)")
        }
    }

    @Test(arguments: [
        "Type=notify", "NotifyAccess=main", "ExecReload=/usr/bin/sequencectl reload",
        "RestartPreventExitStatus=CONFIG USAGE",
        "RuntimeDirectoryPreserve=restart", "StateDirectoryMode=0700", "LimitCORE=0", "User=sequenced",
    ])
    func `says what the daemon relies on`(line: String) throws {
        #expect(try text.split(separator: "\n").contains(Substring(line)))
    }

    @Test func `lets the socket tell its callers apart, and keeps it`() throws {
        let lines = try text.split(separator: "\n")
        #expect(!lines.contains { $0.hasPrefix("PrivateUsers=") })
        #expect(lines.contains { $0.hasPrefix("FileDescriptorStoreMax=") })
    }
}
