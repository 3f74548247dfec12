/// A row that somebody holds.
struct RecordLock: Sendable {
    /// The batch that holds it; 0 for a person's edit.
    var holder: Int
    /// Machine time, in milliseconds, at which a person lets go.
    var until: Int64
}

extension Org {
    /// The error of a transaction that needs a row which another one holds.
    func lockFailure(_ id: RecordID, _ context: SaveContext) -> SaveError? {
        guard let lock = locks[id] else { return nil }
        if lock.holder == 0, machineMilliseconds() >= lock.until {
            locks[id] = nil
            return nil
        }
        return lock.holder == context.locker && lock.holder != 0 ? nil : .locked(id)
    }

    /// Holds a row until the batch ends.
    func take(_ id: RecordID, for locker: Int) { locks[id] = RecordLock(holder: locker, until: .max) }

    func release(_ locker: Int) {
        guard !locks.isEmpty else { return }
        locks = locks.filter { $0.value.holder != locker }
    }

    /// `POST /emulator/locks`: a row is held as by a person who edits it.
    func lock(_ body: JSONValue) throws(RESTError) -> Answer {
        guard let name = body["object"]?.string, let type = schema[name] else {
            throw RESTError(400, "BAD_LOCK", "object must name an object")
        }
        let id: RecordID
        if let text = body["id"]?.string {
            guard case .id(let read) = RecordID.read(text), read.prefix == type.keyPrefix,
                table(of: type).record(read.number) != nil
            else { throw RESTError(404, "NO_RECORD", "there is no \(type.name) with id \(text)") }
            id = read
        } else if let key = body["external_id"]?.string {
            let fields = type.fields.indices.filter { type.fields[$0].externalId }
            guard let number = fields.lazy.compactMap({ self.table(of: type).find(.text(key), in: $0).first }).first
            else {
                throw RESTError(404, "NO_RECORD", "there is no \(type.name) with external id \(key)")
            }
            id = table(of: type).id(number)
        } else {
            throw RESTError(400, "BAD_LOCK", "id or external_id is required")
        }
        let milliseconds = body["for_ms"]?.integer ?? 60_000
        guard milliseconds >= 0, milliseconds < 1 << 40 else {
            throw RESTError(400, "BAD_LOCK", "for_ms is out of range")
        }
        locks[id] = RecordLock(holder: 0, until: machineMilliseconds() + Int64(milliseconds))
        return .json(.members(["id": .string(id.long)]))
    }
}
