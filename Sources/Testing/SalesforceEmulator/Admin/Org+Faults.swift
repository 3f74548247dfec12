extension Org {
    /// The fault that strikes this call, if any; the admin API itself is spared.
    func fault(for call: Call) -> WireFault? {
        call.segments.first == "emulator" ? nil : faults.wireFault(for: call)
    }

    func rowFault(on type: ObjectType) -> SaveError? { faults.rowError(on: type.name) }

    /// `POST /emulator/faults`: one fault or a list of them.
    func addFaults(_ body: JSONValue) throws(RESTError) -> Int {
        let described = body.array ?? [body]
        var added: [Fault] = []
        for item in described { added.append(try fault(item)) }
        faults.faults += added
        return faults.faults.count
    }

    private static let faultKeys = [
        "code", "delay_ms", "do", "honest", "match", "message", "nth", "object", "rate", "rows", "status", "times",
        "when",
    ]
    private static let matchKeys = ["method", "object", "path"]

    /// A key that is misspelt would make a fault that strikes otherwise than was meant.
    private func refuseUnknown(_ json: JSONValue, besides known: [String], _ what: String) throws(RESTError) {
        guard case .object(let members) = json else { throw RESTError(400, "BAD_FAULT", "\(what) must be an object") }
        for member in members where !known.contains(member.name) {
            throw RESTError(
                400,
                "BAD_FAULT",
                "\(what) has no key \(member.name); it has \(known.joined(separator: ", "))"
            )
        }
    }

    private func fault(_ json: JSONValue) throws(RESTError) -> Fault {
        guard let name = json["do"]?.string, let action = Fault.Action(rawValue: name) else {
            throw RESTError(
                400,
                "BAD_FAULT",
                "do must be one of drop, delay, truncate, status, reset, garbage, row-error, job-failed, unprocessed, batch-retry"
            )
        }
        let match = json["match"]
        try refuseUnknown(json, besides: Self.faultKeys, "a fault")
        if let match { try refuseUnknown(match, besides: Self.matchKeys, "a fault's match") }
        var fault = Fault(action: action)
        fault.method = match?["method"]?.string
        if let text = match?["path"]?.string {
            guard let pattern = CallPattern(text) else {
                throw RESTError(400, "BAD_FAULT", "match.path is not a regular expression: \(text)")
            }
            fault.path = pattern
        }
        fault.object = match?["object"]?.string ?? json["object"]?.string
        fault.nth = json["nth"]?.integer
        fault.rate = json["rate"]?.double
        fault.times = json["times"]?.integer
        if let rate = fault.rate, !(0...1).contains(rate) {
            throw RESTError(400, "BAD_FAULT", "rate must be between 0 and 1")
        }
        for (name, count) in [("nth", fault.nth), ("times", fault.times)] {
            if let count, count < 1 { throw RESTError(400, "BAD_FAULT", "\(name) must be 1 or more") }
        }
        // Keys of other actions are not looked at.
        if !fault.isAboutRows, let when = json["when"], !["before", "after"].contains(when.string) {
            throw RESTError(400, "BAD_FAULT", "when must be before or after")
        }
        fault.isAfter = json["when"]?.string == "after"
        if action == .status || action == .truncate, let status = json["status"] {
            guard let status = status.integer, (200..<600).contains(status) else {
                throw RESTError(400, "BAD_FAULT", "status must be an HTTP status")
            }
            fault.status = status
        }
        fault.delay = max(0, json["delay_ms"]?.integer ?? 0)
        fault.isHonest = json["honest"]?.bool ?? false
        fault.code = json["code"]?.string
        fault.message = json["message"]?.string ?? fault.message
        fault.rows = max(0, json["rows"]?.integer ?? 0)
        return fault
    }
}
