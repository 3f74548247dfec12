import Synchronization

/// All metrics of the process, by name.
///
/// Names are `sequenced_<room>_<noun>_<unit>`. Labels have few values, known beforehand: never a row key.
package final class Meter: Sendable {
    private let families = Mutex<[String: Family]>([:])

    package init() {}

    /// A number that only grows; its sample is called `NAME_total`.
    package func counter(_ name: String, _ help: String, labels: [String] = []) -> Counter {
        Counter(family: family(name, help, .counter, labels))
    }

    /// A number that goes up and down.
    package func gauge(_ name: String, _ help: String, labels: [String] = []) -> Gauge {
        Gauge(family: family(name, help, .gauge, labels))
    }

    /// How values are spread over buckets, each up to and including its bound.
    package func histogram(
        _ name: String,
        _ help: String,
        labels: [String] = [],
        bounds: [Double] = Histogram.seconds
    ) -> Histogram {
        precondition(
            !bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 },
            "bounds of \(name) must grow"
        )
        return Histogram(family: family(name, help, .histogram(bounds: bounds), labels))
    }

    /// A fact that does not change, as labels: `sequenced_build_info{version="…"} 1`.
    package func info(_ name: String, _ help: String, _ facts: KeyValuePairs<String, String>) {
        let family = family(name, help, .info, facts.map(\.key))
        family.update(facts.map(\.value)) { $0.value = 1 }
    }

    /// Everything, as OpenMetrics text: families and series in alphabetical order.
    package var text: String {
        let all = families.withLock { $0.values.sorted { $0.name < $1.name } }
        var text = ""
        for family in all { family.write(into: &text) }
        return text + "# EOF\n"
    }

    // MARK: - Implementation

    private func family(_ name: String, _ help: String, _ kind: Family.Kind, _ labels: [String]) -> Family {
        precondition(
            Self.isName(name) && labels.allSatisfy(Self.isName),
            "\(name) \(labels) are names that OpenMetrics takes"
        )
        return families.withLock { families in
            if let known = families[name] {
                precondition(known.kind == kind && known.labels == labels, "\(name) is made twice in different ways")
                return known
            }
            let family = Family(name: name, help: help, kind: kind, labels: labels)
            families[name] = family
            return family
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "_")
        }
    }
}
