package import CivilTime
package import Sequencing
internal import SyncModel

/// How things stand in one line that is true when it is read: what `systemctl status` shows.
package enum StatusLine {
    /// - Parameters:
    ///   - standings: of all sequences.
    ///   - warnings: what an operator must know first.
    ///   - now: the present instant.
    /// - Returns: the line.
    package static func text(_ standings: [SequenceStanding], warnings: [String] = [], at now: Timestamp) -> String {
        var parts: [String] = []
        let running = standings.filter { $0.state == .running || $0.state == .stopping }
        if !running.isEmpty { parts.append("\(running.count) running") }
        let queued = standings.filter { $0.state == .queued }
        if !queued.isEmpty { parts.append("\(queued.count) queued") }
        let waiting = standings.filter { $0.state == .waiting }
        parts += waiting.prefix(mostNamed).map(wait)
        if waiting.count > mostNamed { parts.append("\(waiting.count - mostNamed) more wait") }
        let paused = standings.filter(\.isPaused)
        if !paused.isEmpty { parts.append("\(paused.count) paused") }
        let next = standings.compactMap { standing in standing.next.map { (standing.name, $0) } }.min { $0.1 < $1.1 }
        if let (name, time) = next {
            parts.append(time <= now ? "\(name) is due" : "next \(name) in \((time - now).roughText)")
        }
        if parts.isEmpty { parts = [standings.isEmpty ? "no sequence is defined" : "idle, nothing is scheduled"] }
        return (parts + warnings).joined(separator: " · ")
    }

    // MARK: - Implementation

    /// More than these would not be read.
    private static let mostNamed = 3

    /// `contacts waits for window scoring until 02:45`; the reason says until when where that is known.
    private static func wait(_ standing: SequenceStanding) -> String {
        let reason = standing.waitingFor?.reason ?? ""
        if reason.isEmpty { return "\(standing.name) waits" }
        // Nobody waits for something that is not reached.
        return "\(standing.name) waits\(reason.contains(" not reached: ") ? ":" : " for") \(reason)"
    }
}
