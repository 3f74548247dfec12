/// An event that was published.
struct PublishedEvent: Sendable {
    var id: RecordID
    var replayId: Int
    var uuid: String
    var createdAt: Instant
    var createdBy: RecordID
    var record: Record
}

extension Org {
    /// Publishes the rows of an insert on an event (reference 07 A2).
    func publish(_ block: RowBlock, on type: ObjectType, _ context: SaveContext) -> [Outcome] {
        let table = table(of: type)
        return (0..<block.count).map { row in
            if let failure = block.failures[row] ?? rowFault(on: type) { return .failed([failure], nil) }
            guard limits.take("HourlyPublishedPlatformEvents", now: clock.now) else {
                return .failed(
                    [SaveError("LIMIT_EXCEEDED", "The hourly platform event publishing limit has been exceeded.")],
                    nil
                )
            }
            var record = Record(
                values: [],
                createdAt: clock.now,
                modifiedAt: clock.now,
                createdBy: context.user,
                modifiedBy: context.user
            )
            var refused: [String] = []
            for (column, position) in block.columns.enumerated() {
                guard let value = block.value(row, column) else { continue }
                if !type.fields[position].createable { refused.append(type.fields[position].name) }
                table.store(value, in: position, of: &record)
            }
            if !refused.isEmpty { return .failed([.readOnly(refused)], nil) }
            for position in type.defaultedFields where table.stored(position, of: record).isNull {
                table.store(type.fields[position].defaultValue, in: position, of: &record)
            }
            let missing = type.requiredFields.filter { table.stored($0, of: record).isNull }.map {
                type.fields[$0].name
            }
            if !missing.isEmpty { return .failed([.required(missing)], nil) }
            let number = (events[type.name]?.count ?? 0) + 1
            let event = PublishedEvent(
                id: table.id(number),
                replayId: number * 2 + 100,
                uuid: random.uuid(),
                createdAt: clock.now,
                createdBy: context.user,
                record: record
            )
            events[type.name, default: []].append(event)
            counters.published[type.name, default: 0] += 1
            return .saved(event.id, created: true)
        }
    }

    func eventJSON(_ event: PublishedEvent, _ type: ObjectType) -> JSONValue {
        let table = table(of: type)
        var members = type.fields.indices.filter { type.fields[$0].custom }.map {
            JSONMember(name: type.fields[$0].name, value: json($0, of: event.record, event.id.number, table))
        }
        members.append(JSONMember(name: "ReplayId", value: .string(String(event.replayId))))
        members.append(JSONMember(name: "EventUuid", value: .string(event.uuid)))
        members.append(JSONMember(name: "CreatedDate", value: .string(event.createdAt.text())))
        members.append(JSONMember(name: "CreatedById", value: .string(event.createdBy.long)))
        return .object(members)
    }
}
