/// Deals the scenarios out, and counts how their cases went.
actor MatrixBook {
    private var waiting: [Scenario]
    private var dealt = 0
    private(set) var held = 0
    private(set) var pointsPassed: Set<String> = []
    private var scenarios: [Scenario: Entry] = [:]
    private var refused: [Scenario: String] = [:]
    private var broken: [String] = []

    private struct Entry {
        var trail = MatrixTrail(points: [:], calls: [])
        var count = 0
        var held = 0
        var broken = 0
    }

    init(_ scenarios: [Scenario]) {
        waiting = scenarios
    }

    func next() -> (number: Int, scenario: Scenario)? {
        guard !waiting.isEmpty else { return nil }
        dealt += 1
        return (dealt, waiting.removeFirst())
    }

    func refuse(_ scenario: Scenario, _ reason: String) {
        refused[scenario] = reason
        print("matrix: \(scenario): not accepted: \(reason.split(separator: "\n").first ?? "")")
    }

    func begin(_ scenario: Scenario, _ trail: MatrixTrail, count: Int) {
        scenarios[scenario] = Entry(trail: trail, count: count)
        pointsPassed.formUnion(trail.points.keys)
    }

    func note(_ name: String, of scenario: Scenario, _ result: MatrixCase.Result) {
        switch result {
        case .held:
            held += 1
            scenarios[scenario, default: Entry()].held += 1
        case .broken(let faults):
            scenarios[scenario, default: Entry()].broken += 1
            broken.append("\(name): \(faults.joined(separator: "; "))")
        }
    }

    func end(_ scenario: Scenario) {
        guard let entry = scenarios[scenario] else { return }
        print("matrix: \(line(scenario, entry))")
    }

    func report(_ scope: MatrixScope) -> String {
        let count = scenarios.values.reduce(0) { $0 + $1.count }
        var lines = [
            "matrix (\(scope.description)): \(held) held, \(broken.count) broken of \(count) combinations of \(scenarios.count) scenarios"
        ]
        for scenario in Scenario.all {
            if let reason = refused[scenario] {
                lines.append("  \(scenario): not accepted: \(reason.split(separator: "\n").first ?? "")")
            } else if let entry = scenarios[scenario] {
                lines.append("  " + line(scenario, entry))
            }
        }
        return (lines + broken.map { "  BROKEN \($0)" }).joined(separator: "\n")
    }

    // MARK: - Implementation

    private func line(_ scenario: Scenario, _ entry: Entry) -> String {
        let points = entry.trail.points.sorted { $0.key < $1.key }.map { $1 > 1 ? "\($0) ×\($1)" : $0 }
        let calls = entry.trail.calls.map(\.name)
        return """
            \(scenario): \(entry.held) held, \(entry.broken) broken of \(entry.count) \
            (passes \(points.joined(separator: ", ")); calls: \(calls.joined(separator: ", ")))
            """
    }
}
