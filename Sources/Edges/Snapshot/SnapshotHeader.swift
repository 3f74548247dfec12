internal import Fingerprinting
internal import SyncModel

/// The first bytes of a base file.
struct SnapshotHeader: Equatable {
    static let formatVersion: UInt32 = 1
    static let magic: [UInt8] = Array("SEQSNAP1".utf8)
    static let maximumLength = 1 << 20

    var fingerprintVersion = Fingerprint.version
    /// Raised by every new base; a log of an older one is merged already.
    var generation: UInt64 = 0
    var lastSequence: UInt64 = 0
    var facts = SnapshotFacts()
    var identity: SnapshotIdentity
    var fields: [String]

    /// Magic, length, body, checksum.
    func encoded() -> [UInt8] {
        var body: [UInt8] = []
        body.put(Self.formatVersion)
        body.put(fingerprintVersion)
        body.put(generation)
        body.put(lastSequence)
        facts.encode(into: &body)
        for text in [identity.stateID, identity.sync, identity.orgID, identity.object] { body.put(text: text) }
        body.append(identity.matchField == nil ? 0 : 1)
        body.put(text: identity.matchField ?? "")
        for list in [identity.keyColumns, fields] {
            body.put(UInt32(list.count))
            for text in list { body.put(text: text) }
        }
        var bytes = Self.magic
        bytes.put(UInt32(body.count))
        bytes.append(contentsOf: body)
        bytes.put(bytes.withUnsafeBytes { Fingerprint.hash64($0) })
        return bytes
    }

    /// The header of an open base file, and where its blocks begin.
    static func read(_ file: SnapshotDescriptor) throws -> (header: SnapshotHeader, length: Int) {
        let path = file.path
        func damaged(_ reason: String) -> SnapshotError { SnapshotError(.damaged, path: path, reason: reason) }
        var lead = [UInt8](repeating: 0, count: magic.count + 4)
        guard try file.size() >= lead.count else { throw damaged("it is too short for a header") }
        try lead.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        guard Array(lead.prefix(magic.count)) == magic else { throw damaged("it does not begin as a snapshot does") }
        let bodyLength = lead.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: magic.count, as: UInt32.self)) }
        let length = lead.count + bodyLength + 8
        guard bodyLength <= maximumLength, try file.size() >= length else {
            throw damaged("its header has a wrong length")
        }
        var bytes = [UInt8](repeating: 0, count: length)
        try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        return try bytes.withUnsafeBytes { all in
            let checked = UnsafeRawBufferPointer(rebasing: all[..<(length - 8)])
            guard Fingerprint.hash64(checked) == all.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self) else {
                throw damaged("the checksum of its header is wrong")
            }
            let body = UnsafeRawBufferPointer(rebasing: checked[lead.count...])
            let version = body.loadUnaligned(as: UInt32.self)
            guard version == formatVersion else {
                throw SnapshotError(
                    .otherVersion,
                    path: path,
                    reason: "it has format \(version); this version knows format \(formatVersion) only"
                )
            }
            guard let header = decode(body) else { throw damaged("its header has a wrong length") }
            guard header.fingerprintVersion == Fingerprint.version else {
                throw SnapshotError(
                    .otherVersion,
                    path: path,
                    reason:
                        "its fingerprints have version \(header.fingerprintVersion), this program's have \(Fingerprint.version)"
                )
            }
            return (header, length)
        }
    }

    // MARK: - Implementation

    private static func decode(_ body: UnsafeRawBufferPointer) -> SnapshotHeader? {
        var reader = SnapshotByteReader(body)
        guard reader.number(UInt32.self) != nil, let fingerprintVersion = reader.number(UInt32.self),
            let generation = reader.number(UInt64.self), let lastSequence = reader.number(UInt64.self),
            let facts = SnapshotFacts(from: &reader), let stateID = reader.text(), let sync = reader.text(),
            let orgID = reader.text(),
            let object = reader.text(), let hasMatch = reader.number(UInt8.self), let match = reader.text(),
            let keyColumns = reader.texts(), let fields = reader.texts()
        else { return nil }
        return SnapshotHeader(
            fingerprintVersion: fingerprintVersion,
            generation: generation,
            lastSequence: lastSequence,
            facts: facts,
            identity: SnapshotIdentity(
                stateID: stateID,
                sync: sync,
                orgID: orgID,
                object: object,
                matchField: hasMatch == 1 ? match : nil,
                keyColumns: keyColumns
            ),
            fields: fields
        )
    }
}

/// What was noted about how the entries were made.
struct SnapshotFacts: Equatable {
    /// 0: never recorded.
    var mappingPrint: UInt64 = 0
    var matchRule: MatchRule?

    init() {}

    init?(from reader: inout SnapshotByteReader) {
        guard let print = reader.number(UInt64.self), let rule = reader.number(UInt8.self) else { return nil }
        mappingPrint = print
        matchRule = MatchRule(rawValue: rule)
    }

    func encode(into bytes: inout [UInt8]) {
        bytes.put(mappingPrint)
        bytes.append(matchRule?.rawValue ?? 0)
    }
}
