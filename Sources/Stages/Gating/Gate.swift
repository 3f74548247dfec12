package import CivilTime
package import SyncModel

/// Says whether a step may write, and until when it may not.
///
/// The windows are fixed; holds, the org's own work and the quota are set from outside as they become known.
package struct Gate: Sendable {
    package var holds: [GateHold]
    package var discovered: [DiscoveredWindow]
    package var shortages: [QuotaShortage]

    /// In the order of their names; each is kept once, for there may be thousands.
    package let windows: [QuietWindow]
    /// Places in `windows` by destination, then by object in lower case; those of the whole org under an empty name.
    private let index: [String: [String: [Int32]]]

    package init(
        windows: [QuietWindow],
        holds: [GateHold] = [],
        discovered: [DiscoveredWindow] = [],
        shortages: [QuotaShortage] = []
    ) {
        self.windows = windows.sorted { $0.name < $1.name }
        var index: [String: [String: [Int32]]] = [:]
        for (place, window) in self.windows.enumerated() {
            for object in Set(window.objects?.map { $0.lowercased() } ?? [""]) {
                index[window.destination, default: [:]][object, default: []].append(Int32(place))
            }
        }
        self.index = index
        self.holds = holds
        self.discovered = discovered
        self.shortages = shortages
    }

    /// A gate of the windows of all files.
    ///
    /// `orgZones` are the destinations' own zones, by destination, as far as they are known.
    ///
    /// - Throws: at the first window that cannot be used.
    package init(
        _ definitions: some Sequence<QuietWindowDefinition>,
        orgZones: [String: TimeZoneRules],
        defaultZone: String?,
        zones: ZoneLookup
    ) throws(GateFault) {
        var windows: [QuietWindow] = []
        windows.reserveCapacity(definitions.underestimatedCount)
        for definition in definitions {
            let orgZone = orgZones[definition.destination]
            windows.append(try QuietWindow(definition, orgZone: orgZone, defaultZone: defaultZone, zones: zones))
        }
        self.init(windows: windows)
    }

    /// The names of all windows, in their order.
    package var windowNames: [String] { windows.map(\.name) }

    /// The window of a file.
    package func window(named name: String) -> QuietWindow? {
        var (low, high) = (0, windows.count)
        while low < high {
            let middle = (low + high) / 2
            if windows[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < windows.count && windows[low].name == name ? windows[low] : nil
    }

    /// Whether a step may write at a moment; every reason why not.
    package func clearance(for question: GateQuestion, at now: Timestamp) -> Clearance {
        var closures: [Closure] = []
        for window in concerned(question) {
            guard let until = window.closedUntil(at: now, lead: lead(of: window, question.phase)) else { continue }
            closures.append(
                Closure(
                    cause: .quietWindow(name: window.name),
                    objects: window.objects ?? [],
                    until: until,
                    reason: window.reason,
                    running: window.running
                )
            )
        }
        for hold in holds where concerns(hold, question) && hold.from <= now && now < hold.until {
            closures.append(
                Closure(
                    cause: .hold(id: hold.id),
                    objects: hold.objects ?? [],
                    until: hold.until,
                    reason: hold.askedBy.map { "asked for by \($0)" + (hold.reason.map { ": \($0)" } ?? "") }
                        ?? hold.reason,
                    running: hold.running
                )
            )
        }
        if question.hasRowsToSend { closures += liveClosures(question, at: now) }
        return closures.isEmpty ? .open : .closed(closures)
    }

    /// Whether a window that matters has `lead: auto`.
    package func hasAutomaticLead(for question: GateQuestion) -> Bool {
        concerned(question).contains { $0.lead == .auto }
    }

    /// The first moment, from `now` on, at which the gate is open; nil: nobody can tell.
    package func opening(for question: GateQuestion, at now: Timestamp) -> Timestamp? {
        var moment = now
        // Reasons that take turns for ever have no end worth looking for.
        for _ in 0..<1_000 {
            switch clearance(for: question, at: moment) {
            case .open: return moment
            case .closed(let closures):
                let ends = closures.compactMap(\.until)
                guard ends.count == closures.count, let last = ends.max(), last > moment else { return nil }
                moment = last
            }
        }
        return nil
    }

    /// The next moment, up to `limit`, at which the gate closes or closes for one more reason.
    package func closing(for question: GateQuestion, after now: Timestamp, through limit: Timestamp) -> Timestamp? {
        var found: [Timestamp] = []
        for window in concerned(question) {
            let lead = lead(of: window, question.phase)
            guard let start = window.nextClosing(after: now + lead, through: limit + lead) else { continue }
            found.append(start - lead)
        }
        found += holds.filter { concerns($0, question) }.map(\.from)
        if question.hasRowsToSend { found += discovered.filter { concerns($0, question) }.map(\.from) }
        return found.filter { now < $0 && $0 <= limit }.min()
    }

    /// When the answer may be another one, up to `limit`: a reason ends, or one begins.
    package func nextLook(for question: GateQuestion, after now: Timestamp, through limit: Timestamp) -> Timestamp? {
        var found = [closing(for: question, after: now, through: limit)].compactMap(\.self)
        if case .closed(let closures) = clearance(for: question, at: now) { found += closures.compactMap(\.until) }
        return found.filter { $0 <= limit }.min()
    }

    /// Every window that is closed at a moment, whatever its destination and objects, and when it ends; by name.
    package func closedWindows(at moment: Timestamp) -> [(window: QuietWindow, until: Timestamp)] {
        windows.compactMap { window in
            window.closedUntil(at: moment).map { (window, $0) }
        }
    }

    // MARK: - Implementation

    /// The windows that the question is about, by name.
    private func concerned(_ question: GateQuestion) -> [QuietWindow] {
        guard let byObject = index[question.destination] else { return [] }
        // One window may be about two of the objects.
        var places = Set(byObject[""] ?? [])
        for object in question.objects { places.formUnion(byObject[object.lowercased()] ?? []) }
        return places.sorted().map { windows[Int($0)] }.filter { !question.overridden.contains($0.name) }
    }

    private func concerns(_ hold: GateHold, _ question: GateQuestion) -> Bool {
        hold.destination == question.destination && !question.overridden.contains(hold.id)
            && isAbout(question.objects, hold.objects)
    }

    private func concerns(_ window: DiscoveredWindow, _ question: GateQuestion) -> Bool {
        window.destination == question.destination && !question.overridden.contains(window.name)
            && isAbout(question.objects, window.objects)
    }

    private func lead(of window: QuietWindow, _ phase: GateQuestion.Phase) -> Duration {
        switch (phase, window.lead) {
        case (.pushing, _): .zero
        case (.beginning, .span(let span)): span
        case (.beginning(let expected), .auto): expected ?? .zero
        }
    }

    private func liveClosures(_ question: GateQuestion, at now: Timestamp) -> [Closure] {
        var closures: [Closure] = []
        for window in discovered where concerns(window, question) {
            guard window.from <= now, window.until.map({ now < $0 }) ?? true else { continue }
            closures.append(
                Closure(
                    cause: .discovered(name: window.name),
                    objects: window.objects,
                    until: window.until,
                    reason: window.reason
                )
            )
        }
        for shortage in shortages where shortage.destination == question.destination {
            guard shortage.until.map({ now < $0 }) ?? true else { continue }
            closures.append(
                Closure(cause: .quota(name: shortage.name), objects: [], until: shortage.until, reason: shortage.reason)
            )
        }
        return closures
    }
}
