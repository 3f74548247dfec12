internal import CivilTime
internal import Gating
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

extension SyncDefinition.Guard {
    /// The bounds that are written; nil: none.
    var words: String? {
        let bounds = [("max_deletes", maxDeletes), ("max_changed", maxChanged), ("max_shrink", maxShrink)]
        let written = bounds.compactMap { name, bound in bound.map { "\(name) \($0.text)" } }
        return written.isEmpty ? nil : written.joined(separator: ", ")
    }
}

extension FieldMapping {
    /// The field, and where its value comes from.
    var words: String {
        switch value {
        case .column(let column): "\(field) = \(column)"
        case .constant(let text): "\(field) = \"\(text)\""
        case .template(let template): "\(field) = \"\(template.words)\""
        case .lookup(let lookup): "\(field) = \(lookup.object) by \(lookup.field) = \(lookup.column)"
        case .recordType(let column): "\(field) = record type \(column)"
        }
    }
}

extension FieldTemplate {
    /// As written in the file.
    fileprivate var words: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .column(let column): "{{\(column)}}"
            }
        }.joined()
    }
}
