import Foundation

/// The records of `--data`: written when the emulator ends, read when it starts.
extension Org {
    private static let keptFile = "records.json"

    /// The objects whose records are kept; the setup and the people come from the org file.
    private var keptTypes: [ObjectType] {
        schema.types.filter {
            !$0.isSetup && !$0.isEvent && !["User", "UserRole", "Group"].contains($0.name) && hasTable($0)
        }
    }

    func keepSnapshot() throws {
        guard let folder = options.dataFolder else { return }
        let objects = keptTypes.map { type -> JSONMember in
            let table = table(of: type)
            return JSONMember(name: type.name, value: .array(table.records.map { kept($0, table) }))
        }
        do {
            try Data(JSONValue.object(objects).encoded()).write(
                to: URL(fileURLWithPath: folder).appendingPathComponent(Self.keptFile),
                options: .atomic
            )
        } catch {
            throw EmulatorError(.badData, "cannot keep the records in \(folder): \(error.localizedDescription)")
        }
    }

    func restoreKept(in folder: String) throws {
        do {
            // That nothing can be kept there is better known before than after.
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw EmulatorError(.badData, "cannot keep the records in \(folder): \(error.localizedDescription)")
        }
        let path = "\(folder)/\(Self.keptFile)"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let data: Data
        let json: JSONValue
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
            json = try JSONReader.read(Array(data))
        } catch let fault as JSONFault {
            throw EmulatorError(.badData, "cannot read \(path): \(fault.message)")
        } catch {
            throw EmulatorError(.badData, "cannot read \(path): \(error.localizedDescription)")
        }
        for object in json.members ?? [] {
            guard let type = schema[object.name] else { continue }
            let table = Table(type: type)
            for item in object.value.array ?? [] { table.append(record(from: item, type, table)) }
            tables[type.keyPrefix] = table
        }
    }

    // MARK: - Implementation

    private func kept(_ record: Record, _ table: Table) -> JSONValue {
        var members = [
            JSONMember(
                name: "@",
                value: .array([
                    .number(String(record.createdAt.milliseconds)), .number(String(record.modifiedAt.milliseconds)),
                    .string(record.createdBy.long), .string(record.modifiedBy.long), .bool(record.isDeleted),
                    .bool(record.isPurged),
                    .text(record.master?.long),
                ])
            )
        ]
        for (position, field) in table.type.fields.enumerated() {
            let value = table.stored(position, of: record)
            if !value.isNull { members.append(JSONMember(name: field.name, value: json(value, of: field))) }
        }
        return .object(members)
    }

    private func record(from json: JSONValue, _ type: ObjectType, _ table: Table) -> Record {
        let head = json["@"]?.array ?? []
        func moment(_ index: Int) -> Instant {
            Instant(milliseconds: head.indices.contains(index) ? Int64(head[index].double ?? 0) : 0)
        }
        func id(_ index: Int) -> RecordID? {
            guard head.indices.contains(index), case .id(let id) = RecordID.read(head[index].string ?? "") else {
                return nil
            }
            return id
        }
        var record = Record(
            values: [],
            createdAt: moment(0),
            modifiedAt: moment(1),
            createdBy: id(2) ?? administrator,
            modifiedBy: id(3) ?? administrator
        )
        record.isDeleted = head.count > 4 && head[4] == .bool(true)
        record.isPurged = head.count > 5 && head[5] == .bool(true)
        record.master = id(6)
        for member in json.members ?? [] {
            guard let position = type.position(of: member.name) else { continue }
            table.store(value(from: member.value, type.fields[position]), in: position, of: &record)
        }
        return record
    }

    private func value(from json: JSONValue, _ field: Field) -> Value {
        switch json {
        case .bool(let bool): return .bool(bool)
        case .number(let text): return Double(text).map(Value.number) ?? .null
        case .string(var text):
            switch field.type {
            case .reference, .id:
                if case .id(let id) = RecordID.read(text) { return .reference(id) }
                return .null
            case .date: return text.withUTF8 { readDay($0) }.map { .date(Int32($0)) } ?? .null
            case .datetime: return readInstant(text).map { .dateTime($0.milliseconds) } ?? .null
            case .time: return text.withUTF8 { readClockTime($0) }.map { .time(Int32($0)) } ?? .null
            default: return .text(text)
            }
        case .null, .array, .object: return .null
        }
    }
}
