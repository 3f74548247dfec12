import CivilTime
import Foundation
import Testing

@Suite struct `systemd's answers` {
    @Test func `to recorded expressions are ours, away from clock changes`() throws {
        let record = try RecordedAnswers()
        #expect(record.entries.count > 2_000)
        var compared = 0
        for entry in record.entries {
            if Self.mistaken.contains(entry.text) { continue }
            guard let answer = entry.answer else {
                // A text that systemd refuses is refused here; only in lists of days from the end systemd 252 takes fewer
                // and fewer values, by mistake.
                if entry.text.contains("~"), entry.text.contains(",") { continue }
                #expect(throws: CalendarFault.self, "\(entry.text)") { try CalendarExpression(parsing: entry.text) }
                continue
            }
            let expression: CalendarExpression
            do {
                expression = try CalendarExpression(parsing: entry.text)
            } catch {
                // What we alone refuse.
                switch error.code {
                case .neverElapses: #expect(answer.elapses.allSatisfy { $0?.isEmpty ?? true }, "\(error)")
                case .ambiguousRange: #expect(entry.text.contains(".."))
                default: Issue.record("systemd takes it: \(error)")
                }
                continue
            }
            #expect(expression.normalized == answer.normalized, "\(entry.text)")
            for (zone, theirs) in zip(record.zones, answer.elapses) {
                guard let theirs else { continue }
                compared += 1
                let difference = Self.difference(expression, theirs, after: answer.base, in: zone)
                #expect(difference == nil)
            }
        }
        print("compared \(compared) pairs of expression and zone with recorded answers")
        #expect(compared > 15_000)
    }

    /// 1,000 pairs of an expression and a zone that nobody has seen before; `SEQUENCED_SEED` makes a run again.
    @Test func `to fresh expressions are ours`() throws {
        let seed = ProcessInfo.processInfo.environment["SEQUENCED_SEED"].flatMap(UInt64.init) ?? .random(in: 0...(.max))
        var expressions = RandomCalendar(seed: seed)
        let record = try RecordedAnswers()
        var compared = 0
        while compared < 1_000 {
            let base = Timestamp(seconds: 1_750_000_000 + Int64(expressions.number(below: 150_000_000)))
            var asked: [(text: String, zone: TimeZoneRules)] = []
            for _ in 0..<25 {
                let zone = record.zones[expressions.number(below: record.zones.count)]
                if !zone.changesNear(base) { asked.append((expressions.next(), zone)) }
            }
            let answers = try SystemdAnalyze.calendar(asked.map { "\($0.text) \($0.zone.name)" }, base)
            for ((text, zone), theirs) in zip(asked, answers) {
                // What systemd itself can't work out ("Resource deadlock avoided") is no answer.
                guard let theirs else { continue }
                compared += 1
                do {
                    let parsed = try CalendarExpression(parsing: text)
                    let difference = Self.difference(parsed, theirs, after: base, in: zone)
                    #expect(difference == nil, "seed \(seed)")
                } catch {
                    let isNever = error.code == .neverElapses && theirs.isEmpty
                    #expect(isNever || error.code == .ambiguousRange, "seed \(seed): \(error)")
                }
            }
        }
        print("compared \(compared) fresh pairs with systemd-analyze, seed \(seed)")
    }

    // MARK: - Implementation

    /// Recorded expressions of which systemd 252 leaves an elapse out.
    ///
    /// At the end of a month it carries a repetition that runs past its last value into the next day: `01/19:21` misses
    /// 01:21 on 1 March 2030.
    private static let mistaken: Set = ["1/19:21", "Wed *-*-07/11,06/23 14..14/5,06/11:*", "*-* *:11/47,53,52:0/30"]

    /// What is left away from clock changes must agree for as long as systemd's answer goes.
    private static func difference(
        _ expression: CalendarExpression,
        _ theirs: [Timestamp],
        after base: Timestamp,
        in zone: TimeZoneRules
    ) -> String? {
        let kept = theirs.filter { !zone.changesNear($0) }
        // Fewer than asked for: there are no more.
        let isComplete = theirs.count < 3
        let mine = expression.elapses(after: base, atMost: kept.count + (isComplete ? 1 : 0), in: zone)
        guard mine != kept else { return nil }
        return
            "\(expression) \(zone.name) after \(base.rfc3339): ours \(mine.map(\.rfc3339)), theirs \(kept.map(\.rfc3339))"
    }
}

/// The file that `record.py` writes.
private struct RecordedAnswers {
    struct Entry {
        var text: String
        /// nil: refused.
        var answer: Answer?
    }

    struct Answer {
        var normalized: String
        var base: Timestamp
        /// One list a zone; nil where systemd failed.
        var elapses: [[Timestamp]?]
    }

    var zones: [TimeZoneRules]
    var entries: [Entry] = []

    init(file: String = #filePath) throws {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        let text = try String(contentsOf: folder.appending(path: "Recorded/calendar-answers.txt"), encoding: .utf8)
        var lines = text.split(separator: "\n")[...]
        let database = TimeZoneDatabase()
        let heading = try #require(lines.first)
        lines.removeFirst()
        let names = try #require(heading.split(separator: ": ").last)
        zones = try names.split(separator: " ").map { try database.rules(named: String($0)) }
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 4 else {
                entries.append(Entry(text: String(fields[0])))
                continue
            }
            let base = try #require(Int64(fields[2], radix: 36))
            let elapses = try fields[3].split(separator: " ").map { list -> [Timestamp]? in
                if list == "?" { return nil }
                return list == "-"
                    ? []
                    : try list.split(separator: ",").map {
                        Timestamp(seconds: base + (try #require(Int64($0, radix: 36))))
                    }
            }
            let answer = Answer(normalized: String(fields[1]), base: Timestamp(seconds: base), elapses: elapses)
            entries.append(Entry(text: String(fields[0]), answer: answer))
        }
    }
}

extension TimeZoneRules {
    /// Whether the clocks change within a day before or after.
    fileprivate func changesNear(_ instant: Timestamp) -> Bool {
        let day = Duration.seconds(86_400)
        return transition(after: instant - day).map { $0.instant <= instant + day } ?? false
    }
}

extension CalendarExpression {
    /// Elapses away from clock changes, cut to whole seconds as `systemd-analyze` prints them.
    fileprivate func elapses(after base: Timestamp, atMost count: Int, in zone: TimeZoneRules) -> [Timestamp] {
        var found: [Timestamp] = []
        var instant = base
        while found.count < count, let next = nextElapse(after: instant, zone: zone) {
            instant = next.instant
            let second = Timestamp(seconds: instant.seconds)
            if !zone.changesNear(second) { found.append(second) }
        }
        return found
    }
}
