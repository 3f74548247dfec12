import Synchronization

/// One metric with all its series.
final class Family: Sendable {
    enum Kind: Equatable {
        case counter
        case gauge
        case histogram(bounds: [Double])
        case info

        var word: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            case .info: "info"
            }
        }
    }

    /// The numbers of one set of label values; of a histogram, `value` is the sum.
    struct Series {
        var value = 0.0
        var count: UInt64 = 0
        /// Of each bucket alone, not of those below it.
        var buckets: [UInt64] = []
    }

    /// More series than any closed set has: what comes beyond is a mistake, and must not eat the memory.
    static let mostSeries = 10_000

    let name: String
    let help: String
    let kind: Kind
    let labels: [String]
    private let series = Mutex<[[String]: Series]>([:])

    init(name: String, help: String, kind: Kind, labels: [String]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        // Without labels there is one series, and it is 0 from the beginning.
        if labels.isEmpty, kind != .info { series.withLock { $0[[]] = Series() } }
    }

    func update(_ values: [String], _ change: (inout Series) -> Void) {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        series.withLock { series in
            guard series[values] != nil || series.count < Self.mostSeries else { return }
            change(&series[values, default: Series()])
        }
    }

    func remove(_ values: [String]) {
        series.withLock { $0[values] = nil }
    }

    /// Appends the family as OpenMetrics has it; one without series is left out.
    func write(into text: inout String) {
        let all = series.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        guard !all.isEmpty else { return }
        text += "# TYPE \(name) \(kind.word)\n"
        if let unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(Self.escaped(help))\n"
        for (values, series) in all { write(series, values, into: &text) }
    }

    // MARK: - Implementation

    /// A name that ends in a unit says it apart, too.
    private var unit: String? {
        guard kind != .info else { return nil }
        return ["seconds", "bytes", "ratio"].first { name.hasSuffix("_" + $0) }
    }

    private func write(_ series: Series, _ values: [String], into text: inout String) {
        let pairs = zip(labels, values).map { "\($0)=\"\(Self.escaped($1))\"" }
        switch kind {
        case .counter: text += "\(name)_total\(Self.braced(pairs)) \(Self.number(series.value))\n"
        case .gauge: text += "\(name)\(Self.braced(pairs)) \(Self.number(series.value))\n"
        case .info: text += "\(name.hasSuffix("_info") ? name : name + "_info")\(Self.braced(pairs)) 1\n"
        case .histogram(let bounds):
            var sum: UInt64 = 0
            for (index, bound) in bounds.enumerated() {
                sum += index < series.buckets.count ? series.buckets[index] : 0
                text += "\(name)_bucket\(Self.braced(pairs + ["le=\"\(bound)\""])) \(sum)\n"
            }
            text += "\(name)_bucket\(Self.braced(pairs + ["le=\"+Inf\""])) \(series.count)\n"
            text += "\(name)_count\(Self.braced(pairs)) \(series.count)\n"
            text += "\(name)_sum\(Self.braced(pairs)) \(Self.number(series.value))\n"
        }
    }

    private static func braced(_ pairs: [String]) -> String {
        pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    /// Whole numbers without a point; what is no number by OpenMetrics' words.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { String($0) } ?? String(value)
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n", "\r\n", "\r": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
