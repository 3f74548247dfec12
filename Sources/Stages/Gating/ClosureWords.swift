package import CivilTime
package import SyncModel

extension Closure {
    /// What closes the gate, for people: `window scoring`, `hold 7`, `job:Nightly account scoring`, `quota bulk rows`.
    package var name: String {
        switch cause {
        case .quietWindow(let name): "window \(name)"
        // The daemon's own ids say it already.
        case .hold(let id): id.hasPrefix("hold") ? id : "hold \(id)"
        case .discovered(let name): name
        case .quota(let name): "quota \(name)"
        }
    }

    /// A waiting step's reason: what, until when by a zone's clock, and why.
    ///
    /// `window scoring until 02:45: Nightly contact scoring flow`; the day stands with it when it is not that of `now`.
    package func words(at now: Timestamp, in zone: TimeZoneRules) -> String {
        var words = name
        if let until {
            let end = zone.wallTime(at: until)
            let text = end.description
            let day = zone.wallTime(at: now).date == end.date ? "" : text.prefix { $0 != "T" } + " "
            let seconds = end.timeOfDay % 60_000_000 == 0 ? 5 : 8
            words += " until \(day)\(text.drop { $0 != "T" }.dropFirst().prefix(seconds))"
        }
        return reason.map { "\(words): \($0)" } ?? words
    }
}
