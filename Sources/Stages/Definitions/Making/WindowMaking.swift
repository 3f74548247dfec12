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
        self.description = root.text("description")
        switch root["timezone"] {
        case .word(let word): self.timezone = word
        case .text(let zone): self.timezone = zone
        default: break
        }
        self.except = root.texts("except") ?? []
        switch root["lead"] {
        case .word: self.lead = .auto
        case .span(let span): self.lead = .span(span)
        default: break
        }
        if let choice: WindowBehaviour = root.choice("running") { self.running = choice }
        if let span = root.span("grace") { self.grace = span }
        self.reason = root.text("reason")
    }
}
