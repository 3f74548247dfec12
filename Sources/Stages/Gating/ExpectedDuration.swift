/// How long a step will take, judged by how long it took: what `lead: auto` goes by.
package struct ExpectedDuration: Sendable, Equatable {
    /// One successful run of the step.
    package struct Sample: Sendable, Equatable {
        package var duration: Duration
        package var rows: Int

        package init(duration: Duration, rows: Int) {
            self.duration = duration
            self.rows = rows
        }
    }

    package var duration: Duration
    /// How it was come by, for `status`.
    package var reason: String

    /// Judges by the last 20 successful runs, newest first: their 95th percentile, of fewer than 5 the longest.
    ///
    /// A plan of more than twice their usual rows (the median) is expected to take longer in proportion.
    ///
    /// - Returns: nil without any run.
    package init?(_ samples: [Sample], plannedRows: Int?) {
        let recent = samples.prefix(20)
        let durations = recent.map(\.duration).sorted()
        guard let longest = durations.last else { return nil }
        let count = durations.count
        duration = count < 5 ? longest : durations[(count * 95 + 99) / 100 - 1]
        reason = count < 5 ? "the longest of \(count) runs" : "95 of 100 of the last \(count) runs are shorter"
        let usual = recent.map(\.rows).sorted()[count / 2]
        if let plannedRows, usual > 0, plannedRows > 2 * usual {
            duration = duration * Double(plannedRows) / Double(usual)
            reason += ", scaled from \(usual) to \(plannedRows) rows"
        }
    }
}
