internal import CivilTime
internal import SyncModel

extension ScheduleDefinition {
    /// As written in the file.
    var words: String {
        switch kind {
        case .manual: "manual"
        case .calendar(let calendars): "calendar: \(calendars.joined(separator: ", "))"
        case .every(let span): "every: \(span.spanText)"
        case .cron(let line): "cron: \(line)"
        }
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
