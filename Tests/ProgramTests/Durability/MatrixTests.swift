import Foundation
import TestKit
import Testing

/// Crash points × modes × APIs, and faults × call kinds: what the org holds afterwards is what the model says.
///
/// `make matrix` plays all of it; a test run plays a seeded part: `SEQUENCED_MATRIX=full`, or `SEED[:SECONDS]`, and behind it
/// `/LANES` for so many cases side by side. Of `full`, `SEQUENCED_MATRIX_PART=2/3` plays the second third of the scenarios, and
/// `SEQUENCED_MATRIX_KEPT=FILE` keeps each result: what held is not played again.
@Suite(.scratchFolder, .timeLimit(.minutes(600))) struct `Whatever is broken` {
    @Test func `loses nothing, doubles nothing, and leaves a sound state`() async throws {
        let environment = ProcessInfo.processInfo.environment
        let scope = MatrixScope(environment["SEQUENCED_MATRIX"], part: environment["SEQUENCED_MATRIX_PART"])
        let folder = try ScratchFolder.current
        try folder.write("org.yaml", RigOrg.definition)
        let kept = scope.isFull ? environment["SEQUENCED_MATRIX_KEPT"] : nil
        let book = try await MatrixBook(scope.scenarios, keptIn: kept.flatMap { $0.isEmpty ? nil : $0 })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 1...scope.lanes {
                group.addTask {
                    let emulator = try ProgramRunner(product: "salesforce-emulator")
                    let arguments = ["--listen", "127.0.0.1:0", "--quiet", "--org", folder.path("org.yaml")]
                    _ = try await emulator.run(arguments) { program in
                        let line = try await program.line(containing: "listening on ")
                        let org = RigOrg(url: String(line.dropFirst("listening on ".count)))
                        while !scope.isOver, let (number, scenario) = await book.next() {
                            // A short path, since a socket lies in it.
                            let path = folder.path("\(lane)-\(number)")
                            await Self.play(scenario, in: path, org, scope, book)
                            try FileManager.default.removeItem(atPath: path)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        print(await book.report(scope))
        #expect(await book.held > 0 || kept != nil)
        if scope.isFull, let missed = try await book.pointsMissed {
            #expect(missed.isEmpty, "no scenario comes by these points")
        }
    }

    private static func play(
        _ scenario: Scenario,
        in folder: String,
        _ org: RigOrg,
        _ scope: MatrixScope,
        _ book: MatrixBook
    ) async {
        let world: MatrixWorld
        do {
            world = try await MatrixWorld.make(scenario, in: folder, org)
        } catch let refused as MatrixWorld.Refused {
            return await book.refuse(scenario, refused.description)
        } catch {
            Issue.record("\(scenario): \(error)")
            return await book.note("\(scenario)", of: scenario, .broken(["\(error)"]))
        }
        let cases = MatrixCase.all(of: scenario, trail: world.trail)
        await book.begin(scenario, world.trail, count: cases.count)
        for next in scope.choose(cases, of: scenario) where !scope.isOver {
            if await book.hasHeld("\(next)", of: scenario) { continue }
            let begun = ContinuousClock.now
            let result: MatrixCase.Result
            do {
                result = try await next.play(in: world)
            } catch {
                result = .broken(["\(error)"])
            }
            await book.note("\(next)", of: scenario, result, took: .now - begun)
            if case .broken(let faults) = result {
                Issue.record("\(next): \(faults.joined(separator: "; "))")
            }
        }
        await book.end(scenario)
    }
}

/// The crash points, as the code names them.
enum CrashPoints {
    /// Those that a run can pass: a restore is no run.
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
    let lanes: Int
    /// Of so many parts, the one of this number from 1.
    private let part: (number: Int, of: Int)
    private let seed: UInt64?
    private let end: ContinuousClock.Instant?
    /// Of one scenario, when not everything is played.
    private static let casesOfOne = 4

    /// `full`; or SEED[:SECONDS]; nil: a part of about a minute and a half; behind it `/LANES`.
    init(_ text: String?, part: String? = nil) {
        let numbers = (part ?? "").split(separator: "/").compactMap { Int($0) }
        let isPart = numbers.count == 2 && numbers[0] >= 1 && numbers[0] <= numbers[1]
        self.part = isPart ? (numbers[0], numbers[1]) : (1, 1)
        let halves = (text ?? "").split(separator: "/")
        lanes = halves.count > 1 ? max(1, Int(halves[1]) ?? 1) : 1
        guard halves.first != "full" else {
            (seed, end) = (nil, nil)
            return
        }
        let parts = halves.first?.split(separator: ":") ?? []
        seed = parts.first.flatMap { UInt64($0) } ?? 20_261_123
        end = .now + .seconds(parts.count > 1 ? Int(parts[1]) ?? 80 : 80)
    }

    var isFull: Bool { seed == nil }
    var isOver: Bool { end.map { ContinuousClock.now >= $0 } ?? false }
    var description: String { seed.map { "seed \($0)" } ?? "all" }

    var scenarios: [Scenario] {
        // In any order but that of the list: a part of it is a fair part. What differs from another scenario in its definition
        // alone comes last.
        var random = SeededGenerator(seed: seed ?? 1)
        let shuffled = Scenario.all.shuffled(using: &random)
        let ordered = shuffled.filter { !$0.isAlike } + shuffled.filter(\.isAlike)
        return ordered.enumerated().filter { $0.offset % part.of == part.number - 1 }.map(\.element)
    }

    func choose(_ cases: [MatrixCase], of scenario: Scenario) -> [MatrixCase] {
        guard let seed else { return cases }
        var random = SeededGenerator(seed: seed &+ UInt64(Scenario.all.firstIndex(of: scenario) ?? 0))
        return Array(cases.shuffled(using: &random).prefix(Self.casesOfOne))
    }
}
