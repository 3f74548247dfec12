import Foundation
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `The manual pages` {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private static func isThere(_ program: String) -> Bool {
        guard !FileManager.default.isExecutableFile(atPath: program) else { return true }
        print("no \(program): the manual pages are not looked at by it")
        return false
    }

    @Test func `are made from the programs and their words, without a warning`() async throws {
        guard Self.isThere("/usr/bin/python3") else { return }
        let folder = try ScratchFolder.current
        let products = (try ProgramRunner(product: "sequencectl").path as NSString).deletingLastPathComponent
        let made = try await ProgramRunner(path: Self.repository + "/packaging/manual").run(
            ["--bin", products, "--version", "0.0.0", "--output", folder.path("man")],
            within: .seconds(240)
        )
        #expect(made.exitCode == 0, "\(made)")
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path("man")).sorted()
        #expect(
            pages == [
                "salesforce-emulator.1", "sequencectl.1", "sequenced-schedule.7", "sequenced-sequence.5",
                "sequenced-sync.5", "sequenced-window.5", "sequenced.8", "sequenced.yaml.5",
            ]
        )
        for page in pages {
            let path = folder.path("man/" + page)
            let text = try folder.read("man/" + page)
            #expect(!text.contains(/@(KEYS|OPTIONS|VERBS|DATE|VERSION)/), "\(page) has something left to fill in")
            if Self.isThere("/usr/bin/mandoc") {
                let lint = try await ProgramRunner(path: "/usr/bin/mandoc").run(["-Tlint", "-Wwarning", path])
                #expect(lint.exitCode == 0, "\(lint.output)\(lint.errors)")
            }
            if Self.isThere("/usr/bin/man") {
                let shown = try await ProgramRunner(path: "/usr/bin/man").run(
                    ["--warnings", "--local-file", path],
                    environment: ["MANPAGER": "cat", "LC_ALL": "C.UTF-8", "MANWIDTH": "100"]
                )
                #expect(shown.exitCode == 0 && shown.errors.isEmpty, "\(page): \(shown.errors)")
            }
        }
        let verbs = try folder.read("man/sequencectl.1")
        for verb in ["status", "start", "window add", "state backup", "rejected", "explain", "login", "completion"] {
            #expect(verbs.contains(".It Cm \(verb)"), "\(verb) is not in sequencectl(1)")
        }
    }
}
