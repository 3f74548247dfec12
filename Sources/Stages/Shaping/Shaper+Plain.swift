internal import Fingerprinting
internal import SyncModel

/// What the rows of an ordinary sync into CSV have in common, worked out once: a match value in front, fields that need no
/// answer and are always written.
///
/// Such rows are written by `writePlain`, in one pass over their cells; `write` does all others, and says what is wrong with a
/// row. Both come to the same bytes and the same hashes.
struct PlainCourse: Sendable {
    enum Kind: Sendable {
        case text
        case email
        case checkedEmail
        /// Whatever `read` makes of it.
        case any
    }

    /// A field without references, which a loop may copy.
    struct Cell: Sendable {
        var column: Int
        var kind: Kind
        /// UTF-16 units.
        var limit: Int
        var nameHash: UInt64
        /// Which of `linkHashes`; nil: no link.
        var link: Int?
        var isLinkCaseSensitive: Bool
        var linksToOwn: Bool
    }

    let cells: [Cell]
    /// Bytes of payload for each byte of the row, if every cell is quoted and all of it are quotes.
    let growth: Int
    /// Bytes that come on top.
    let surplus: Int

    /// Nil: the rows are not of this kind.
    init?(_ form: PayloadForm, _ match: MatchPlan?, _ fields: [ShapedField], _ key: ResultKey, resultField: Int?) {
        switch form {
        case .csv(.insert), .csv(.update), .csv(.upsert): break
        case .csv, .json: return nil
        }
        guard let match, match.question == nil, resultField == nil,
            key == .column(match.field, caseSensitive: match.isCaseSensitive)
        else { return nil }
        switch match.lead {
        case .value, .ownID: break
        case .answeredID, .nothing: return nil
        }
        var cells: [Cell] = []
        var uses = [match.column: 1]
        for field in fields {
            guard field.presence == .always, field.ifEmptyBit == nil else { return nil }
            if case .resolved = field.link { return nil }
            var cell = Cell(
                column: 0,
                kind: .any,
                limit: .max,
                nameHash: field.nameHash,
                link: field.linkIndex,
                isLinkCaseSensitive: field.isLinkCaseSensitive,
                linksToOwn: field.linksToOwn
            )
            if case .column(let column) = field.source {
                cell.column = column
                uses[column, default: 0] += 1
                switch field.form {
                case .text(let text): (cell.kind, cell.limit) = (.text, text.length)
                case .email(let email, let checked):
                    (cell.kind, cell.limit) = (checked ? .checkedEmail : .email, email.text.length)
                case .boolean, .date, .datetime, .time, .number, .picklist, .multipicklist, .recordID, .recordType,
                    .base64:
                    break
                }
                if cell.limit == 0 { cell.limit = .max }
            }
            cells.append(cell)
        }
        self.cells = cells
        growth = 2 * (uses.values.max() ?? 1)
        surplus = 64 + 32 * cells.count
    }
}

extension Shaper {
    /// Writes an ordinary row.
    ///
    /// - Returns: false when there is more to say of the row: what was appended is to be taken back then.
    mutating func writePlain(
        _ plain: PlainCourse,
        _ change: Change,
        _ existence: Bool?,
        _ row: inout ShapedRow,
        _ payload: inout [UInt8]
    ) -> Bool {
        guard let match else { return false }
        row.exists = existence ?? (change.known?.flags.contains(.delivered) ?? false ? true : nil)
        fieldHashes.removeAll(keepingCapacity: true)
        for index in linkHashes.indices { linkHashes[index] = 0 }
        let (hash, fault) = readMatch(match, of: change)
        guard fault == nil, matchValue != nullCell else { return false }
        row.match = hash
        row.own = hash
        row.result = hash
        var isWritten = false
        change.cells.withAll { ends, bytes in
            let room = plain.growth * bytes.count + plain.surplus
            payload.append(addingCapacity: room) { (output: inout OutputSpan<UInt8>) in
                output.withUnsafeMutableBufferPointer { output, filled in
                    var line = PlainLine(UnsafeMutableRawBufferPointer(output))
                    isWritten = writePlain(plain, change, ends, bytes, &row, &line)
                    if isWritten { filled = line.end }
                }
            }
        }
        return isWritten
    }

    // MARK: - Implementation

    private mutating func writePlain(
        _ plain: PlainCourse,
        _ change: Change,
        _ ends: UnsafeBufferPointer<UInt32>,
        _ bytes: UnsafeRawBufferPointer,
        _ row: inout ShapedRow,
        _ line: inout PlainLine
    ) -> Bool {
        guard matchValue.withUnsafeBytes({ line.lead($0) }) else { return false }
        var sums = row.match
        var sent = 0
        for index in plain.cells.indices {
            let cell = plain.cells[index]
            guard let said = begin(cell, index, change, ends, bytes, row.exists, &line) else { return false }
            // What says nothing is hashed by the policy, and not by what is known of the record.
            let mark = said == .value ? Said.value : fields[index].whenNull == .keep ? .kept : .null
            let hash = line.hash(mark.rawValue)
            fieldHashes.append(UInt16(truncatingIfNeeded: max(hash & 0xFFFF, 1)))
            sums &+= Self.mixed(hash ^ cell.nameHash)
            switch said {
            case .value:
                if let link = cell.link { take(link, cell, line.value, &row) }
                guard line.endValue() else { return false }
                sent += 1
            case .null:
                if case .relationship = fields[index].link, let link = cell.link { row.layout |= 1 << UInt64(link) }
                guard line.endNull() else { return false }
                sent += 1
            case .kept:
                line.endEmpty()
            }
        }
        // An update that has nothing to say is none.
        if sent == 0, form.operation == .update { return false }
        row.shaped = max(Self.mixed(sums), 1)
        return line.endRow()
    }

    /// Puts a field's value into the line; nil: there is more to say of it.
    @inline(__always)
    private mutating func begin(
        _ cell: PlainCourse.Cell,
        _ index: Int,
        _ change: Change,
        _ ends: UnsafeBufferPointer<UInt32>,
        _ bytes: UnsafeRawBufferPointer,
        _ exists: Bool?,
        _ line: inout PlainLine
    ) -> Said? {
        if cell.kind == .any {
            let (said, fault) = read(fields[index], of: change, exists: exists)
            guard fault == nil else { return nil }
            guard said == .value else { return line.beginEmpty() ? said : nil }
            let isWritten = canonical.withUnsafeBytes { line.begin(UnsafeRawBufferPointer(rebasing: $0[1...])) }
            return isWritten ? .value : nil
        }
        let start = cell.column == 0 ? 0 : Int(ends[cell.column - 1])
        let value = MatchFolding.trimmed(UnsafeRawBufferPointer(rebasing: bytes[start..<Int(ends[cell.column])]))
        if value.isEmpty {
            let (said, fault) = null(fields[index], exists: exists)
            return fault == nil && line.beginEmpty() ? said : nil
        }
        guard line.begin(value, limit: cell.limit) else { return nil }
        switch cell.kind {
        case .text, .any: return .value
        case .email: return line.takeAddress(isChecked: false) ? .value : nil
        case .checkedEmail: return line.takeAddress(isChecked: true) ? .value : nil
        }
    }

    @inline(__always)
    private mutating func take(
        _ link: Int,
        _ cell: PlainCourse.Cell,
        _ value: UnsafeRawBufferPointer,
        _ row: inout ShapedRow
    ) {
        let hash = MatchFolding.hash(value, caseSensitive: cell.isLinkCaseSensitive, scratch: &scratch)
        linkHashes[link] = hash
        if row.parent == 0 { row.parent = hash }
        if cell.linksToOwn { row.add(parent: hash) }
    }
}

/// A line of CSV under way.
///
/// Each field's value lies behind a byte that is first the mark with which it is hashed, then the comma.
private struct PlainLine {
    private let bytes: UnsafeMutableRawBufferPointer
    /// Bytes of the cells that are done.
    private(set) var end = 0
    /// Bytes of the value under way.
    private var count = 0
    private var needsQuotes = false

    init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    var value: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[end + 1..<end + 1 + count]) }

    /// The row's first cell, which is not hashed here.
    mutating func lead(_ value: UnsafeRawBufferPointer) -> Bool {
        guard put(value, at: 0, TextLook(value)), !needsQuotes || quote(at: 0) else { return false }
        end = count
        return true
    }

    /// A value in its form.
    mutating func begin(_ value: UnsafeRawBufferPointer) -> Bool {
        put(value, at: end + 1, TextLook(value))
    }

    /// A text that needs no cutting.
    mutating func begin(_ value: UnsafeRawBufferPointer, limit: Int) -> Bool {
        let look = TextLook(value)
        if !look.isASCII || value.count > limit {
            guard let measure = TextForm.measure(value, limit: limit), !measure.isCut else { return false }
        }
        return put(value, at: end + 1, look)
    }

    mutating func beginEmpty() -> Bool {
        count = 0
        return end < bytes.count
    }

    /// Writes the value in small letters; false if it is no address and has to be one.
    mutating func takeAddress(isChecked: Bool) -> Bool {
        let value = UnsafeMutableRawBufferPointer(rebasing: bytes[end + 1..<end + 1 + count])
        for index in value.indices { value[index] = MatchFolding.lowered(value[index]) }
        return !isChecked || EmailForm.isAddress(UnsafeRawBufferPointer(value))
    }

    func hash(_ mark: UInt8) -> UInt64 {
        bytes[end] = mark
        return Fingerprint.hash64(UnsafeRawBufferPointer(rebasing: bytes[end..<end + 1 + count]))
    }

    /// False for what CSV cannot say.
    mutating func endValue() -> Bool {
        if count == nullCell.count, value.elementsEqual(nullCell) { return false }
        if needsQuotes, !quote(at: end + 1) { return false }
        endEmpty()
        return true
    }

    mutating func endNull() -> Bool {
        guard nullCell.withUnsafeBytes({ put($0, at: end + 1, TextLook($0)) }) else { return false }
        endEmpty()
        return true
    }

    mutating func endEmpty() {
        bytes[end] = UInt8(ascii: ",")
        end += 1 + count
    }

    mutating func endRow() -> Bool {
        guard end < bytes.count else { return false }
        bytes[end] = UInt8(ascii: "\n")
        end += 1
        return true
    }

    // MARK: - Implementation

    @inline(__always)
    private mutating func put(_ value: UnsafeRawBufferPointer, at start: Int, _ look: TextLook) -> Bool {
        guard start + value.count <= bytes.count else { return false }
        UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: value)
        count = value.count
        needsQuotes = look.needsQuotes
        return true
    }

    /// Puts the value into quotes and doubles its own, from the end on.
    private mutating func quote(at start: Int) -> Bool {
        var from = start + count
        count += 2 + bytes[start..<from].count { $0 == 0x22 }
        var to = start + count
        guard to <= bytes.count else { return false }
        func put(_ byte: UInt8) {
            to -= 1
            bytes[to] = byte
        }
        put(0x22)
        while from > start {
            from -= 1
            put(bytes[from])
            if bytes[from] == 0x22 { put(0x22) }
        }
        put(0x22)
        return true
    }
}

/// What a text's bytes are, seen in one pass, eight at a time.
struct TextLook {
    /// No byte is above 0x7F.
    var isASCII: Bool
    /// In CSV: it has a comma, a quote or a line end.
    var needsQuotes: Bool

    init(_ text: UnsafeRawBufferPointer) {
        var high: UInt64 = 0
        var special: UInt64 = 0
        @inline(__always) func look(_ word: UInt64) {
            high |= word
            special |= Self.zeros(word ^ 0x2C2C_2C2C_2C2C_2C2C) | Self.zeros(word ^ 0x2222_2222_2222_2222)
            special |= Self.zeros(word ^ 0x0A0A_0A0A_0A0A_0A0A) | Self.zeros(word ^ 0x0D0D_0D0D_0D0D_0D0D)
        }
        var index = 0
        while index + 8 <= text.count {
            look(text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        if index < text.count {
            if index > 0 {
                // The last eight bytes, some of them once more.
                look(text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self))
            } else {
                // A letter stands for the bytes that are not there.
                var word: UInt64 = 0x6161_6161_6161_6161
                for position in 0..<text.count { word = word << 8 | UInt64(text[position]) }
                look(word)
            }
        }
        isASCII = high & 0x8080_8080_8080_8080 == 0
        needsQuotes = special != 0
    }

    /// Not 0 if a byte of the word is 0.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
