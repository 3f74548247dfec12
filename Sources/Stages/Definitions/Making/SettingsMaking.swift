internal import SyncModel

extension DaemonSettings {
    init(_ root: CheckedMapping) {
        self.init()
        description = root.text("description")
        timezone = root.text("timezone")
        if let written = root.mapping("roles") {
            if let groups = written.texts("viewer") { roles.viewer = groups }
            if let groups = written.texts("operator") { roles.operator = groups }
            if let groups = written.texts("admin") { roles.admin = groups }
        }
        if let written = root.mapping("retention") {
            if let age = written.span("age") { retention.age = age }
            if case .size(let size) = written["size"] { retention.size = size }
        }
        if let written = root.mapping("requests") {
            if let bodies = written.flag("bodies") { requests.bodies = bodies }
            if let fields = written.texts("redact") { requests.redact = fields }
        }
        if let span = root.span("drain_timeout") { drainTimeout = span }
        if let span = root.span("plan_age") { planAge = span }
        notify = NotificationDefinition.all(in: root.list("notify"))
    }
}

extension NotificationDefinition {
    static func all(in list: [PlacedValue]?) -> [NotificationDefinition] {
        (list ?? []).compactMap { entry in
            guard case .mapping(let mapping) = entry.value, let names = mapping.texts("on") else { return nil }
            let events = names.compactMap(Event.init(rawValue:))
            if let command = mapping.texts("command") {
                return NotificationDefinition(events: events, way: .command(command))
            }
            return mapping.text("webhook").map { NotificationDefinition(events: events, way: .webhook($0)) }
        }
    }
}
