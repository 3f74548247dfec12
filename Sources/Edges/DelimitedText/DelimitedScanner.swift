/// The state machine of RFC 4180: it is told of every delimiter, quote and line end, in their order, and of nothing else.
///
/// Positions count from the first byte of the buffer in hand; `rebase(by:)` follows when the open record moves.
struct DelimitedScanner {
    enum Step {
        case goOn
        case record
        case fault
    }

    enum State: UInt8 {
        case unquoted
        case quoted
        /// Behind a quote in a quoted cell: its end, or the first of two.
        case quoteSeen
        /// Behind a carriage return: a line feed must follow.
        case returnSeen
    }

    let delimiter: UInt8
    private(set) var state = State.unquoted
    private(set) var recordStart = 0
    /// The line on which the open record began.
    private(set) var recordLine = 1
    /// The line reached.
    private(set) var line = 1
    /// The line on which the last quoted cell began.
    private(set) var quoteLine = 1
    private(set) var cells: UnsafeMutablePointer<DelimitedCell>
    private(set) var cellCount = 0
    /// A cell of the open record has doubled quotes.
    private(set) var hasEscapes = false
    private(set) var fault: DelimitedTextError.Code?
    private var cellStart = 0
    private var cellIsEscaped = false
    private var mark = 0
    private var capacity = 64

    init(delimiter: UInt8) {
        self.delimiter = delimiter
        cells = .allocate(capacity: capacity)
    }

    /// Frees the cells; the scanner is not used again.
    func deallocate() {
        cells.deallocate()
    }

    /// Nothing of a record has been seen since the last one.
    var isBetweenRecords: Bool { state == .unquoted && cellCount == 0 }

    /// The record is an empty line.
    var recordIsBlank: Bool { cellCount == 1 && cells[0].start == 0 && cells[0].count == 0 }

    /// Takes the delimiter, quote, carriage return or line feed at `position`.
    @inline(__always)
    mutating func take(_ byte: UInt8, at position: Int) -> Step {
        switch state {
        case .unquoted:
            if byte == delimiter {
                endCell(from: cellStart, to: position)
                cellStart = position &+ 1
                return .goOn
            }
            if byte == .lineFeed {
                endCell(from: cellStart, to: position)
                return endRecord()
            }
            return takeRare(byte, at: position)
        case .quoted:
            if byte == .quote {
                mark = position
                state = .quoteSeen
            } else if byte == .lineFeed {
                line &+= 1
            }
            return .goOn
        case .quoteSeen:
            return takeBehindQuote(byte, at: position)
        case .returnSeen:
            guard position == mark &+ 1, byte == .lineFeed else { return stop(.bareCarriageReturn) }
            return endRecord()
        }
    }

    /// Takes the end of the text at `position`; must not be asked between records.
    mutating func takeEnd(at position: Int) -> Step {
        switch state {
        case .unquoted:
            endCell(from: cellStart, to: position)
        case .quoted:
            return stop(.unclosedQuote)
        case .quoteSeen:
            guard position == mark + 1 else { return stop(.textAfterQuote) }
            endCell(from: cellStart + 1, to: mark)
        case .returnSeen:
            guard position == mark + 1 else { return stop(.bareCarriageReturn) }
        }
        return endRecord()
    }

    /// Begins the next record at `position`.
    @inline(__always)
    mutating func beginRecord(at position: Int) {
        recordStart = position
        recordLine = line
        cellStart = position
        cellCount = 0
        hasEscapes = false
    }

    /// The open record now begins `distance` bytes nearer to the start of the buffer in hand.
    mutating func rebase(by distance: Int) {
        recordStart -= distance
        cellStart -= distance
        mark -= distance
    }

    // MARK: - Implementation

    @inline(__always)
    private mutating func endCell(from start: Int, to end: Int) {
        if cellCount == capacity { grow() }
        cells[cellCount] = DelimitedCell(start: start &- recordStart, end: end &- recordStart, isEscaped: cellIsEscaped)
        cellCount &+= 1
        cellIsEscaped = false
    }

    @inline(__always)
    private mutating func endRecord() -> Step {
        state = .unquoted
        line &+= 1
        return .record
    }

    @inline(never)
    private mutating func takeRare(_ byte: UInt8, at position: Int) -> Step {
        if byte == .carriageReturn {
            endCell(from: cellStart, to: position)
            mark = position
            state = .returnSeen
            return .goOn
        }
        guard position == cellStart else { return stop(.quoteInsideCell) }
        quoteLine = line
        state = .quoted
        return .goOn
    }

    @inline(__always)
    private mutating func takeBehindQuote(_ byte: UInt8, at position: Int) -> Step {
        guard position == mark &+ 1 else { return stop(.textAfterQuote) }
        if byte == .quote {
            cellIsEscaped = true
            hasEscapes = true
            state = .quoted
            return .goOn
        }
        endCell(from: cellStart &+ 1, to: mark)
        if byte == delimiter {
            state = .unquoted
            cellStart = position &+ 1
            return .goOn
        }
        if byte == .carriageReturn {
            mark = position
            state = .returnSeen
            return .goOn
        }
        return endRecord()
    }

    private mutating func stop(_ code: DelimitedTextError.Code) -> Step {
        fault = code
        return .fault
    }

    @inline(never)
    private mutating func grow() {
        let wider = UnsafeMutablePointer<DelimitedCell>.allocate(capacity: capacity * 2)
        wider.update(from: cells, count: cellCount)
        cells.deallocate()
        cells = wider
        capacity *= 2
    }
}

extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
}
