extension Org {
    /// The admin API, below `/emulator`.
    func administer(_ call: Call) -> Answer {
        do throws(RESTError) {
            return try adminResource(call)
        } catch {
            return .json(
                .members(["error": .string(error.code), "message": .string(error.message)]),
                status: error.status
            )
        }
    }

    // MARK: - Implementation

    private func adminResource(_ call: Call) throws(RESTError) -> Answer {
        let path = Array(call.segments.dropFirst())
        switch (call.method, path.first, path.count) {
        case ("GET", "records", 2): return try recordDump(path[1], call)
        case ("GET", "counters", 1): return .json(counterDump)
        case ("GET", "calls", 1): return .json(callDump(after: call.parameter("after").flatMap(Int.init) ?? 0))
        case ("GET", "events", 2): return try eventDump(path[1])
        case ("POST", "faults", 1): return .json(.members(["faults": .int(try addFaults(try body(call)))]))
        case ("GET", "faults", 1):
            let struck = faults.faults.map { JSONValue.int($0.struck) }
            return .json(.members(["faults": .int(struck.count), "struck": .array(struck)]))
        case ("DELETE", "faults", 1):
            faults.clear()
            return .empty
        case ("POST", "clock", 1): return try setClock(try body(call))
        case ("GET", "clock", 1): return .json(clockJSON)
        case ("POST", "reset", 1):
            try resetAll()
            return .empty
        case ("POST", "snapshot", 1):
            snapshot = takeSnapshot()
            return .json(.members(["records": .int(tables.values.reduce(0) { $0 + $1.liveCount })]))
        case ("POST", "restore", 1):
            guard let snapshot else { throw RESTError(409, "NO_SNAPSHOT", "no snapshot was taken") }
            restore(snapshot)
            return .empty
        case ("POST", "sessions", 2) where path[1] == "expire":
            sessions = [:]
            return .empty
        case ("POST", "locks", 1): return try lock(try body(call))
        case ("DELETE", "locks", 1):
            locks = [:]
            return .empty
        case (_, "records", 2), (_, "counters", 1), (_, "calls", 1), (_, "events", 2), (_, "faults", 1),
            (_, "clock", 1),
            (_, "reset", 1), (_, "snapshot", 1), (_, "restore", 1), (_, "sessions", 2), (_, "locks", 1):
            throw .method(call.method, allowed: "GET,POST,DELETE")
        default: throw RESTError(404, "NOT_FOUND", "the admin API has no \(call.path)")
        }
    }

    private func body(_ call: Call) throws(RESTError) -> JSONValue {
        do throws(JSONFault) {
            return try JSONReader.read(call.body)
        } catch {
            throw RESTError(400, "BAD_JSON", error.message)
        }
    }

    private func recordDump(_ name: String, _ call: Call) throws(RESTError) -> Answer {
        guard let type = schema[name] else { throw RESTError(404, "NO_OBJECT", "there is no object \(name)") }
        let all = ["true", "1"].contains(call.parameter("deleted")?.lowercased())
        let table = table(of: type)
        var rows: [JSONValue] = []
        for (offset, record) in table.records.enumerated() where all || !record.isDeleted {
            rows.append(
                .object(
                    type.fields.indices.map { position in
                        JSONMember(
                            name: type.fields[position].name,
                            value: json(position, of: record, offset + 1, table)
                        )
                    }
                )
            )
        }
        return .json(.array(rows))
    }

    private var counterDump: JSONValue {
        func map(_ counts: [String: Int]) -> JSONValue {
            .object(
                counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map {
                    JSONMember(name: $0.key, value: .int($0.value))
                }
            )
        }
        return .members([
            "calls": .int(calls.total), "calls_by_kind": map(calls.byKind), "created": map(counters.created),
            "updated": map(counters.updated), "deleted": map(counters.deleted), "merged": map(counters.merged),
            "published": map(counters.published),
        ])
    }

    private func callDump(after number: Int) -> JSONValue {
        .array(
            calls.entries.filter { $0.number > number }.map {
                .members([
                    "n": .int($0.number), "at": .string($0.at.text(zone: "Z")), "method": .string($0.method),
                    "path": .string($0.path), "kind": .string($0.kind), "status": .int($0.status),
                    "bytes": .int($0.bytes),
                ])
            }
        )
    }

    private func eventDump(_ name: String) throws(RESTError) -> Answer {
        guard let type = schema[name], type.isEvent else {
            throw RESTError(404, "NO_EVENT", "there is no platform event \(name)")
        }
        return .json(.array((events[type.name] ?? []).map { eventJSON($0, type) }))
    }

    private func setClock(_ body: JSONValue) throws(RESTError) -> Answer {
        if let text = body["set"]?.string {
            guard let moment = readInstant(text) else {
                throw RESTError(400, "BAD_CLOCK", "set must be an ISO 8601 moment")
            }
            clock.set(moment)
        }
        if let rate = body["rate"]?.double {
            guard rate > 0, rate <= 1e6 else {
                throw RESTError(400, "BAD_CLOCK", "rate must be above 0 and at most 1000000")
            }
            clock.run(at: rate)
        }
        if let frozen = body["freeze"]?.bool { clock.freeze(frozen) }
        if let more = body["advance_ms"]?.integer, more.magnitude < 1 << 46 {
            clock.set(clock.now.advanced(byMilliseconds: Int64(more)))
        }
        work.ring()
        return .json(clockJSON)
    }

    private var clockJSON: JSONValue {
        .members([
            "now": .string(clock.now.text(zone: "Z")), "frozen": .bool(clock.isFrozen),
            "rate": .number(clock.rate.description),
        ])
    }
}
