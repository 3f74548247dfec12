extension Org {
    /// Describe answers are as old as the org's start, or the last change of its metadata.
    var schemaChangedAt: Instant { metadataChangedAt }

    var notModified: Answer { Answer(status: 304, headers: [("Last-Modified", httpDate(schemaChangedAt))]) }

    func isUnmodified(_ rest: RESTCall) -> Bool {
        guard let text = rest.call.header("if-modified-since"), let since = readHTTPDate(text) else { return false }
        return schemaChangedAt.milliseconds / 1000 <= since.milliseconds / 1000
    }

    /// The answer of a request whose condition does not hold: 304 to readers, 412 to writers.
    func conditional(_ modified: Instant, _ rest: RESTCall) throws(RESTError) -> Answer? {
        let seconds = modified.milliseconds / 1000
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
