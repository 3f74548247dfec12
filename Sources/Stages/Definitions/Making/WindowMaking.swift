internal import SyncModel

extension QuietWindowDefinition {
    /// nil: something that it needs is missing, as was reported.
    init?(name: String, _ root: CheckedMapping) {
        guard let destination = root.text("destination"), let calendars = root.texts("calendar"),
            let duration = root.span("duration"),
            root["objects"] != nil
        else { return nil }
        self.init(
            name: name,
            destination: destination,
            objects: root.texts("objects"),
            calendars: calendars,
            duration: duration
        )
        description = root.text("description")
        switch root["timezone"] {
        case .word(let word): timezone = word
        case .text(let zone): timezone = zone
        default: break
        }
        except = root.texts("except") ?? []
        switch root["lead"] {
        case .word: lead = .auto
        case .span(let span): lead = .span(span)
        default: break
        }
        if let choice: WindowBehaviour = root.choice("running") { running = choice }
        if let span = root.span("grace") { grace = span }
        reason = root.text("reason")
    }
}
