import Foundation
import TestKit
import Testing

/// The host's zone files, as an update of tzdata leaves them, in a mount namespace of the daemon's own.
@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `Zone data that changes under the daemon` {
    private struct Status: Decodable {
        struct Sequence: Decodable { var next: String? }
        var sequences: [Sequence]
    }

    private func next(_ crm: CRM) async throws -> String {
        let next = try await crm.document(Status.self, "status", "crm").sequences.first?.next ?? "never"
        return String(next.dropFirst(11).prefix(5))
    }

    @Test func `is in force after a reload, and a zone that has gone refuses the reload by name`() async throws {
        guard try await Namespace.isAllowed() else { return }
        let crm = try CRM(accounts: 1, contacts: 1)
        try crm.folder.append("etc/sequences/crm.yaml", "schedule: { calendar: \"12:30 Asia/Tokyo\" }\n")
        let system = URL(filePath: "/usr/share/zoneinfo")
        let zones = URL(filePath: crm.folder.path("zoneinfo"))
        try FileManager.default.createDirectory(
            at: zones.appending(path: "Asia"),
            withIntermediateDirectories: true
        )
        let tokyo = zones.appending(path: "Asia/Tokyo")
        @Sendable func use(_ zone: String) throws {
            try Data(contentsOf: system.appending(path: zone)).write(to: tokyo, options: .atomic)
        }
        try use("Asia/Tokyo")
        // The sample's own zone.
        try FileManager.default.createDirectory(
            at: zones.appending(path: "Europe"),
            withIntermediateDirectories: true
        )
        try Data(contentsOf: system.appending(path: "Europe/London"))
            .write(to: zones.appending(path: "Europe/London"))
        try await crm.withDaemon(in: "mount --bind '\(zones.path)' /usr/share/zoneinfo") { _ in
            #expect(try await next(crm) == "03:30")
            // As if Tokyo had moved to Kolkata's time: the definitions are the same.
            try use("Asia/Kolkata")
            #expect(try await next(crm) == "03:30", "nothing is read anew by itself")
            #expect(try await crm.ctl("reload").exitCode == 0)
            #expect(try await next(crm) == "07:00")

            try FileManager.default.removeItem(at: tokyo)
            let refused = try await crm.ctl("reload")
            #expect(refused.exitCode == 78, "\(refused)")
            #expect((refused.output + refused.errors).contains("Asia/Tokyo"), "\(refused)")
            #expect(try await next(crm) == "07:00", "what is in force stays")
        }
    }
}
