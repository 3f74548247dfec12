/// A number that only grows.
package struct Counter: Sendable {
    let family: Family

    /// Adds; what is negative or no number is left out, for a counter never falls.
    package func add(_ amount: Double = 1, _ labels: [String] = []) {
        guard amount >= 0, amount.isFinite else { return }
        family.update(labels) { $0.value += amount }
    }

    /// Takes over a count that is kept elsewhere; never lowers it.
    package func raise(to total: Int, _ labels: [String] = []) {
        family.update(labels) { $0.value = max($0.value, Double(total)) }
    }

    /// Adds a count.
    package func add(_ amount: Int, _ labels: [String] = []) {
        add(Double(amount), labels)
    }
}

/// A number that goes up and down.
package struct Gauge: Sendable {
    let family: Family

    package func set(_ value: Double, _ labels: [String] = []) {
        family.update(labels) { $0.value = value }
    }

    package func set(_ value: Int, _ labels: [String] = []) {
        set(Double(value), labels)
    }

    package func add(_ amount: Double, _ labels: [String] = []) {
        family.update(labels) { $0.value += amount }
    }

    /// Forgets one series: of a sequence that is no more.
    package func remove(_ labels: [String]) {
        family.remove(labels)
    }
}

/// How values are spread.
package struct Histogram: Sendable {
    /// Bounds for how long things take, from a request to a run, in seconds.
    package static let seconds: [Double] = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400]

    let family: Family

    package func observe(_ value: Double, _ labels: [String] = []) {
        guard value.isFinite, case .histogram(let bounds) = family.kind else { return }
        family.update(labels) { series in
            if series.buckets.isEmpty { series.buckets = Array(repeating: 0, count: bounds.count) }
            if let bucket = bounds.firstIndex(where: { value <= $0 }) { series.buckets[bucket] += 1 }
            series.count += 1
            series.value += value
        }
    }

    package func observe(_ value: Duration, _ labels: [String] = []) {
        observe(value / .seconds(1), labels)
    }
}
