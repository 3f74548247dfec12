/// How values stand to one another: -1, 0 or 1; nil when they can't be compared.
func order(_ left: Value, _ right: Value) -> Int? {
    switch (left, right) {
    case (.number(let one), .number(let other)): return one < other ? -1 : one > other ? 1 : 0
    case (.text(let one), .text(let other)):
        if one == other { return 0 }
        let (first, second) = (folded(one), folded(other))
        return first < second ? -1 : first > second ? 1 : 0
    case (.date(let one), .date(let other)): return one < other ? -1 : one > other ? 1 : 0
    case (.dateTime(let one), .dateTime(let other)): return one < other ? -1 : one > other ? 1 : 0
    case (.time(let one), .time(let other)): return one < other ? -1 : one > other ? 1 : 0
    case (.reference(let one), .reference(let other)): return one.bits < other.bits ? -1 : one.bits > other.bits ? 1 : 0
    case (.bool(let one), .bool(let other)): return one == other ? 0 : one ? 1 : -1
    default: return nil
    }
}

/// `%` any run, `_` one character, without regard to case; a backslash makes the next one plain.
struct LikePattern {
    private enum Piece: Equatable {
        case run
        case one
        case letter(Character)
    }

    private let pieces: [Piece]

    init(_ text: String) {
        var pieces: [Piece] = []
        var letters = folded(text).makeIterator()
        while let letter = letters.next() {
            switch letter {
            case "\\": if let plain = letters.next() { pieces.append(.letter(plain)) }
            case "%": if pieces.last != .run { pieces.append(.run) }
            case "_": pieces.append(.one)
            default: pieces.append(.letter(letter))
            }
        }
        self.pieces = pieces
    }

    func matches(_ text: String) -> Bool {
        let letters = Array(folded(text))
        var letter = 0
        var piece = 0
        var lastRun = -1
        var resume = 0
        while letter < letters.count {
            if piece < pieces.count, pieces[piece] == .one || pieces[piece] == .letter(letters[letter]) {
                letter += 1
                piece += 1
            } else if piece < pieces.count, pieces[piece] == .run {
                lastRun = piece
                resume = letter
                piece += 1
            } else if lastRun >= 0 {
                piece = lastRun + 1
                resume += 1
                letter = resume
            } else {
                return false
            }
        }
        while piece < pieces.count, pieces[piece] == .run { piece += 1 }
        return piece == pieces.count
    }
}
