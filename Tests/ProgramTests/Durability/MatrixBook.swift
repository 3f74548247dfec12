import Foundation

/// Deals the scenarios out, and counts how their cases went; what it keeps in a file need not be played again.
actor MatrixBook {
    private var waiting: [Scenario]
    private var dealt = 0
    private(set) var held = 0
    private var scenarios: [Scenario: Entry] = [:]
    private var refused: [Scenario: String] = [:]
    private var broken: [String: [String]] = [:]
    private let file: FileHandle?

    private struct Entry {
        var trail = MatrixTrail(points: [:], calls: [])
        var count = 0
        /// The cases that held, by their names.
        var held: Set<String> = []
        var broken: Set<String> = []
        var isWhole: Bool { count > 0 && held.count == count }
    }

    /// One line of the file: what became of a case, or what there is to play of a scenario.
    private struct Line: Codable {
        var scenario: String
        var refused: String?
        var points: [String: Int]?
        var calls: [String]?
        var count: Int?
        var played: String?
        var seconds: Double?
        var faults: [String]?
    }

    /// - Parameters:
    ///   - scenarios: what is to be played, in this order.
    ///   - path: where results are kept, and where those of an earlier time are read; nil: nowhere.
    /// - Throws: the file cannot be written.
    init(_ scenarios: [Scenario], keptIn path: String? = nil) async throws {
        waiting = scenarios
        guard let path else {
            file = nil
            return
        }
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Unexpected(description: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        for line in (text ?? "").split(separator: "\n") {
            // A line that a kill cut short is no result.
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else { continue }
            take(line)
        }
    }

    /// The next scenario of which something is to be played.
    func next() -> (number: Int, scenario: Scenario)? {
        while !waiting.isEmpty {
            dealt += 1
            let scenario = waiting.removeFirst()
            if refused[scenario] == nil, scenarios[scenario]?.isWhole != true { return (dealt, scenario) }
        }
        return nil
    }

    /// Whether the case held when it was played earlier.
    func hasHeld(_ name: String, of scenario: Scenario) -> Bool { scenarios[scenario]?.held.contains(name) == true }

    func refuse(_ scenario: Scenario, _ reason: String) {
        note(Line(scenario: scenario.description, refused: reason))
        print("matrix: \(scenario): not accepted: \(reason.split(separator: "\n").first ?? "")")
    }

    func begin(_ scenario: Scenario, _ trail: MatrixTrail, count: Int) {
        var line = Line(scenario: scenario.description)
        (line.points, line.calls, line.count) = (trail.points, trail.calls.map(\.name), count)
        note(line)
    }

    func note(_ name: String, of scenario: Scenario, _ result: MatrixCase.Result, took span: Duration = .zero) {
        var line = Line(scenario: scenario.description, played: name)
        line.seconds = (span / .milliseconds(1)).rounded() / 1_000
        if case .broken(let faults) = result { line.faults = faults }
        note(line)
    }

    func end(_ scenario: Scenario) {
        guard let entry = scenarios[scenario] else { return }
        print("matrix: \(line(scenario, entry))")
    }

    /// The crash points that no scenario of the whole list came by; nil while some were not played.
    var pointsMissed: Set<String>? {
        get throws {
            guard Scenario.all.allSatisfy({ refused[$0] != nil || scenarios[$0] != nil }) else { return nil }
            return Set(try CrashPoints.all()).subtracting(scenarios.values.flatMap(\.trail.points.keys))
        }
    }

    func report(_ scope: MatrixScope) -> String {
        let count = scenarios.values.reduce(0) { $0 + $1.count }
        let kept = scenarios.values.reduce(0) { $0 + $1.held.count }
        var lines = [
            "matrix (\(scope.description)): \(kept) held, \(broken.count) broken of \(count) combinations of "
                + "\(scenarios.count) scenarios"
        ]
        for scenario in Scenario.all {
            if let reason = refused[scenario] {
                lines.append("  \(scenario): not accepted: \(reason.split(separator: "\n").first ?? "")")
            } else if let entry = scenarios[scenario] {
                lines.append("  " + line(scenario, entry))
            }
        }
        let faults = broken.sorted { $0.key < $1.key }.map { "  BROKEN \($0): \($1.joined(separator: "; "))" }
        return (lines + faults).joined(separator: "\n")
    }

    // MARK: - Implementation

    private func note(_ line: Line) {
        take(line)
        if line.played != nil, line.faults == nil { held += 1 }
        guard let file else { return }
        do {
            // One write: lines of several parts do not mix.
            try file.write(contentsOf: JSONEncoder().encode(line) + Data("\n".utf8))
        } catch {
            print("matrix: the result is not kept: \(error)")
        }
    }

    private func take(_ line: Line) {
        guard let scenario = Scenario.all.first(where: { $0.description == line.scenario }) else { return }
        if let reason = line.refused { refused[scenario] = reason }
        if let count = line.count {
            let calls = (line.calls ?? []).compactMap { name in CallKind.all.first { $0.name == name } }
            scenarios[scenario, default: Entry()].trail = MatrixTrail(points: line.points ?? [:], calls: calls)
            scenarios[scenario, default: Entry()].count = count
        }
        guard let name = line.played else { return }
        if let faults = line.faults {
            broken[name] = faults
            scenarios[scenario, default: Entry()].held.remove(name)
            scenarios[scenario, default: Entry()].broken.insert(name)
        } else {
            broken[name] = nil
            scenarios[scenario, default: Entry()].broken.remove(name)
            scenarios[scenario, default: Entry()].held.insert(name)
        }
    }

    private func line(_ scenario: Scenario, _ entry: Entry) -> String {
        let points = entry.trail.points.sorted { $0.key < $1.key }.map { $1 > 1 ? "\($0) ×\($1)" : $0 }
        let calls = entry.trail.calls.map(\.name)
        return """
            \(scenario): \(entry.held.count) held, \(entry.broken.count) broken of \(entry.count) \
            (passes \(points.joined(separator: ", ")); calls: \(calls.joined(separator: ", ")))
            """
    }
}
