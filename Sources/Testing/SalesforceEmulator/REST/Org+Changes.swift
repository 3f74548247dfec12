extension Org {
    /// `/sobjects/{Object}/deleted` and `/updated` (reference 02 §4).
    func changes(_ type: ObjectType, _ rest: RESTCall, deleted: Bool) throws(RESTError) -> Answer {
        try allow(["GET"], rest)
        guard let start = rest.call.parameter("start").flatMap({ readInstant(iso($0)) }),
            let end = rest.call.parameter("end").flatMap({ readInstant(iso($0)) })
        else { throw RESTError(400, "MISSING_ARGUMENT", "start and end are required and must be ISO 8601 date/times") }
        func refused(_ message: String) -> RESTError { RESTError(400, "INVALID_REPLICATION_DATE", message) }
        guard start < end else { throw refused("startDate cannot be after endDate") }
        guard end.milliseconds - start.milliseconds >= 60_000 else {
            throw refused("endDate must be at least one minute after startDate")
        }
        guard start >= clock.now.advanced(byMilliseconds: -30 * 86_400_000 - 60_000) else {
            throw refused("startDate cannot be more than 30 days ago")
        }
        let table = table(of: type)
        let range = start.milliseconds...end.milliseconds
        var hits: [JSONValue] = []
        for (offset, record) in table.records.enumerated()
        where record.isDeleted == deleted && range.contains(record.modifiedAt.milliseconds) {
            let id = table.id(offset + 1).long
            hits.append(
                deleted
                    ? .members(["id": .string(id), "deletedDate": .string(record.modifiedAt.text())]) : .string(id)
            )
        }
        let covered = JSONValue.string(min(end, clock.now).text())
        return deleted
            ? .json(
                .members([
                    "deletedRecords": .array(hits),
                    "earliestDateAvailable": .string(clock.now.advanced(byMilliseconds: -15 * 86_400_000).text()),
                    "latestDateCovered": covered,
                ])
            )
            : .json(.members(["ids": .array(hits), "latestDateCovered": covered]))
    }

    /// A `+` that nobody encoded arrives as a blank.
    private func iso(_ text: String) -> String { text.replacing(" ", with: "+") }

    /// Megabytes that the records take: two kilobytes each, whatever they hold.
    var usedStorage: Int { tables.values.reduce(0) { $0 + ($1.type.isSetup ? 0 : $1.liveCount) } * 2 / 1_024 }

    /// Refuses a user who lacks a permission.
    func require(_ permission: String, _ rest: RESTCall) throws(RESTError) {
        guard users[rest.session.user.lowercased()]?.lacks.contains(permission) == true else { return }
        throw RESTError(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")
    }

    /// `/limits` and `/limits/recordCount`.
    func limitsResource(_ rest: RESTCall) throws(RESTError) -> Answer {
        try allow(["GET"], rest)
        if rest.path.count == 2, rest.path[1] == "recordCount" {
            let wanted = rest.call.parameter("sObjects").map {
                $0.split(separator: ",").map { $0.trimmingBlanks().lowercased() }
            }
            let counts = schema.types.filter { type in
                hasTable(type) && table(of: type).liveCount > 0 && (wanted?.contains(type.name.lowercased()) ?? true)
            }
            return .json(
                .members([
                    "sObjects": .array(
                        counts.map { .members(["count": .int(table(of: $0).liveCount), "name": .string($0.name)]) }
                    )
                ])
            )
        }
        guard rest.path.count == 1 else { throw .notFound }
        try require("view_setup", rest)
        let now = clock.now
        let members = limits.maximum.keys.sorted().map { name -> JSONMember in
            var usage = limits.usage(name, now: now)
            if name == "DataStorageMB" { usage.used = usedStorage }
            var value = JSONValue.members([
                "Max": .int(usage.maximum), "Remaining": .int(max(usage.maximum - usage.used, 0)),
            ])
            if name == "PermissionSets" {
                value.set("CreateCustom", .members(["Max": .int(1_000), "Remaining": .int(1_000)]))
            }
            let isOld = name == "DailyBulkApiBatches" && rest.number < 49
            return JSONMember(name: isOld ? "DailyBulkApiRequests" : name, value: value)
        }
        return .json(.object(members))
    }
}
