import Foundation
import TestKit
import Testing

/// Crash points × modes × APIs, and faults × call kinds: what the org holds afterwards is what the model says.
///
/// `make matrix` plays all of it; a test run plays a seeded part: `SEQUENCED_MATRIX=full`, or `SEED[:SECONDS]`.
@Suite(.scratchFolder, .timeLimit(.minutes(600))) struct `Whatever is broken` {
    @Test func `loses nothing, doubles nothing, and leaves a sound state`() async throws {
        let scope = MatrixScope(ProcessInfo.processInfo.environment["SEQUENCED_MATRIX"])
        let points = try CrashPoints.all()
        let cases = scope.choose(MatrixCase.all(points: points))
        let folder = try ScratchFolder.current
        try folder.write("org.yaml", RigOrg.definition)
        let emulator = try ProgramRunner(product: "salesforce-emulator")
        let arguments = ["--listen", "127.0.0.1:0", "--quiet", "--org", folder.path("org.yaml")]
        _ = try await emulator.run(
            arguments,
            beside: { program in
                let line = try await program.line(containing: "listening on ")
                let org = RigOrg(url: String(line.dropFirst("listening on ".count)))
                var tally = MatrixTally(total: cases.count)
                for (number, next) in cases.enumerated() {
                    guard !scope.isOver else { break }
                    if tally.isKnownRefused(next) { continue }
                    let result: MatrixCase.Result
                    do {
                        result = try await next.play(in: folder.path("c\(number)"), org)
                    } catch {
                        result = .broken(["\(error)"])
                    }
                    tally.note(next, result)
                    if case .broken(let faults) = result {
                        Issue.record("\(next): \(faults.joined(separator: "; "))")
                    }
                }
                print(tally.report(scope))
                #expect(tally.held > 0)
            }
        )
    }
}

/// The crash points, as the code names them.
enum CrashPoints {
    static func all() throws -> [String] {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../Sources/Engine"
        ).standardized.path
        var names: Set<String> = []
        let files = FileManager.default.enumerator(atPath: sources)
        while let file = files?.nextObject() as? String {
            guard file.hasSuffix(".swift") else { continue }
            let text = try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8)
            for match in text.matches(of: /CrashPoint\.reached\("([a-z-]+)"\)/) { names.insert(String(match.1)) }
        }
        return names.subtracting(["restore-taken"]).sorted()
    }
}

/// How much of the matrix is played.
struct MatrixScope: Sendable {
    private let seed: UInt64?
    private let end: ContinuousClock.Instant?

    /// `full`; or SEED[:SECONDS]; nil: a part of about a minute and a half.
    init(_ text: String?) {
        guard text != "full" else {
            (seed, end) = (nil, nil)
            return
        }
        let parts = (text ?? "").split(separator: ":")
        seed = parts.first.flatMap { UInt64($0) } ?? 20_261_123
        end = .now + .seconds(parts.count > 1 ? Int(parts[1]) ?? 80 : 80)
    }

    var isOver: Bool { end.map { ContinuousClock.now >= $0 } ?? false }

    var description: String { seed.map { "seed \($0)" } ?? "all" }

    func choose(_ cases: [MatrixCase]) -> [MatrixCase] {
        guard let seed else { return cases }
        var random = Seeded(state: seed)
        return cases.shuffled(using: &random)
    }
}

/// Counts how the cases went, and knows scenarios that cannot be.
struct MatrixTally: Sendable {
    let total: Int
    private(set) var held = 0
    private var passedBy: [String: Int] = [:]
    private var refused: [Scenario: String] = [:]
    private var broken: [String] = []
    private var played: [Scenario: Int] = [:]

    init(total: Int) { self.total = total }

    func isKnownRefused(_ next: MatrixCase) -> Bool { refused[next.scenario] != nil }

    mutating func note(_ next: MatrixCase, _ result: MatrixCase.Result) {
        switch result {
        case .held:
            held += 1
            played[next.scenario, default: 0] += 1
        case .passedBy: passedBy["\(next.scenario)", default: 0] += 1
        case .refused(let reason): refused[next.scenario] = reason
        case .broken(let faults): broken.append("\(next): \(faults.joined(separator: "; "))")
        }
    }

    func report(_ scope: MatrixScope) -> String {
        var lines = ["matrix (\(scope.description)): \(held) held, \(broken.count) broken of \(total) combinations"]
        for scenario in Scenario.all {
            if let reason = refused[scenario] {
                lines.append("  \(scenario): not accepted: \(reason.split(separator: "\n").first ?? "")")
            } else {
                let skipped = passedBy["\(scenario)"] ?? 0
                lines.append("  \(scenario): \(played[scenario] ?? 0) held, \(skipped) that it does not come by")
            }
        }
        return (lines + broken.map { "  BROKEN \($0)" }).joined(separator: "\n")
    }
}

/// A generator whose numbers follow from its seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
