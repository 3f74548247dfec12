internal import SyncModel

extension ScheduleDefinition {
    /// As written in the file.
    var words: String {
        switch kind {
        case .manual: "manual"
        case .calendar(let calendars): "calendar: \(calendars.joined(separator: ", "))"
        case .every(let span): "every: \(span.words)"
        case .cron(let line): "cron: \(line)"
        }
    }
}

extension Duration {
    /// `1h 30min`, as spans are written.
    var words: String {
        var left = components.seconds
        if left == 0 { return "0" }
        var parts: [String] = []
        for (unit, seconds) in [("d", Int64(86_400)), ("h", 3_600), ("min", 60), ("s", 1)] where left >= seconds {
            parts.append("\(left / seconds)\(unit)")
            left %= seconds
        }
        return parts.joined(separator: " ")
    }
}

extension DestinationDefinition.Authorization {
    var flow: String {
        switch self {
        case .jwtBearer: "jwt-bearer"
        case .clientCredentials: "client-credentials"
        case .authorizationCode: "authorization-code"
        }
    }
}
