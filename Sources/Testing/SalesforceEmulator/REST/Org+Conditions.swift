extension Org {
    /// Describe answers are as old as the org's start, or the last change of its metadata.
    var schemaChangedAt: Instant { metadataChangedAt }

    /// An answer of describe, or 304 where the caller has what it would say.
    func described(_ rest: RESTCall, _ body: () -> JSONValue) -> Answer {
        let tag = entityTag("\(rest.call.path) \(rest.session.user)", schemaChangedAt)
        let marks = [("ETag", tag), ("Last-Modified", httpDate(schemaChangedAt))]
        let since = rest.call.header("if-modified-since").flatMap(readHTTPDate)
        let isKnown =
            rest.call.header("if-none-match").map { names($0, tag) }
            ?? since.map { schemaChangedAt.milliseconds / 1000 <= $0.milliseconds / 1000 } ?? false
        if isKnown { return Answer(status: 304, headers: marks) }
        return marks.reduce(.json(body())) { $0.with($1.0, $1.1) }
    }

    /// The tag of a thing as it was at a moment.
    func entityTag(_ name: String, _ moment: Instant) -> String {
        let hash = lookupHash(.text("\(name) \(moment.milliseconds)"), caseSensitive: true)
        return "\"\(String(UInt32(truncatingIfNeeded: hash), radix: 16))\""
    }

    private func names(_ list: String, _ tag: String) -> Bool {
        list.split(separator: ",").map { $0.trimmingBlanks() }.contains {
            $0 == "*" || ($0.hasPrefix("W/") ? String($0.dropFirst(2)) : $0).replacing("-gzip", with: "") == tag
        }
    }

    /// The answer of a request whose condition does not hold: 304 to readers, 412 to writers.
    ///
    /// Tags are looked at for accounts alone, as the reference says; a tag goes before a date.
    func conditional(
        _ modified: Instant,
        _ type: ObjectType,
        _ id: RecordID,
        _ rest: RESTCall
    ) throws(RESTError) -> Answer? {
        let seconds = modified.milliseconds / 1000
        let hasTags = type.name == "Account"
        let tag = entityTag(id.long, modified)
        if hasTags, let list = rest.call.header("if-match"), !names(list, tag) {
            throw RESTError(412, "PRECONDITION_FAILED", "The record's entity tag is none of those that were given")
        }
        if hasTags, let list = rest.call.header("if-none-match") {
            guard names(list, tag) else { return nil }
            guard rest.call.method == "PATCH" else {
                return Answer(status: 304, headers: [("ETag", tag), ("Last-Modified", httpDate(modified))])
            }
            throw RESTError(412, "PRECONDITION_FAILED", "The record's entity tag is one of those that were given")
        }
        if let since = rest.call.header("if-modified-since").flatMap(readHTTPDate), rest.call.method != "PATCH",
            seconds <= since.milliseconds / 1000
        {
            return Answer(status: 304, headers: [("Last-Modified", httpDate(modified))])
        }
        if let since = rest.call.header("if-unmodified-since").flatMap(readHTTPDate),
            seconds > since.milliseconds / 1000
        {
            throw RESTError(412, "PRECONDITION_FAILED", "The record was modified after the given date")
        }
        return nil
    }
}

private let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/// `Tue, 10 Aug 2021 00:00:00 GMT`.
func httpDate(_ moment: Instant) -> String {
    let civil = CivilDay(moment.day)
    let clock = clockText(Int(moment.milliseconds - Int64(moment.day) * 86_400_000)).prefix(8)
    let weekday = weekdays[((moment.day % 7) + 7) % 7]
    return "\(weekday), \(padded(civil.day, 2)) \(months[civil.month - 1]) \(padded(civil.year, 4)) \(clock) GMT"
}

func readHTTPDate(_ text: String) -> Instant? {
    let parts = text.split(separator: " ")
    guard parts.count >= 5, let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])),
        let year = Int(parts[3])
    else { return nil }
    let civil = CivilDay(year: year, month: month + 1, day: day)
    guard civil.isReal else { return nil }
    return readInstant("\(civil)T\(parts[4])Z")
}
