internal import Pushing
internal import Shaping
internal import SyncModel

/// One way in which rows of a sync may be written: an object, an operation, and what was found out for both.
struct ShapingLane: Sendable {
    var shaper: Shaper
    /// For rows that CSV cannot say, as JSON; nil: there are none, or REST may not carry them.
    var aside: Shaper?
    /// Which way its rows go; those aside go by REST.
    let api: PushAPI
    var answers: LookupAnswers
    /// What it writes is not all that the row says: the row is looked at again, whatever becomes of it.
    var isProvisional = false
    /// For each field of the shaper, its place among the fields that the snapshot keeps a hash of.
    let places: [Int]

    init(_ choice: RouteChoice, _ answers: LookupAnswers, of sync: SyncDefinition) {
        let shaper = choice.shaper
        self.shaper = shaper
        aside = choice.aside
        api = choice.api
        self.answers = answers
        let names = sync.fieldNames.map { $0.lowercased() }
        places = shaper.fieldNames.map { field in
            let own = "\(shaper.object).\(field)".lowercased()
            return names.firstIndex(of: field.lowercased()) ?? names.firstIndex(of: own) ?? -1
        }
    }

    /// The match value of the row last shaped, as Salesforce writes it.
    func matchValue(isAside: Bool) -> [UInt8] { isAside ? aside?.matchValue ?? [] : shaper.matchValue }

    /// The hashes of the row last shaped, each in the place of its field; 0 for a field that is not of this lane.
    func fieldHashes(count: Int, isAside: Bool = false) -> [UInt16] {
        let shaped = isAside ? aside?.fieldHashes ?? [] : shaper.fieldHashes
        // The ordinary lane has all fields in their order.
        if shaped.count == count, places.count == count { return shaped }
        var hashes = [UInt16](repeating: 0, count: count)
        for (place, hash) in zip(places, shaped) where place >= 0 { hashes[place] = hash }
        return hashes
    }
}

/// What is to be done with a row that has to travel.
enum RowCourse: Sendable {
    /// Shaped by the lane of this number.
    case lane(Int)
    /// Another pass takes it, or none has to.
    case passedBy
    /// Not sent, for this reason.
    case left(UndeliveredState, code: String, message: String)
    /// Nothing is left to do: known no longer.
    case forgotten
    /// Nothing is left to do, and the row counts as delivered.
    case settled
}

/// Says of each row on which lane it goes.
protocol RowRouting: Sendable {
    mutating func course(of change: Change) -> RowCourse
    /// What has to be said of the rows, when all have passed.
    var warnings: [String] { get }
}

extension RowRouting {
    var warnings: [String] { [] }
}

/// Of a sync into one object: every row that travels goes the same way.
struct OneLane: RowRouting {
    func course(of change: Change) -> RowCourse { change.changeClass == .unchanged ? .passedBy : .lane(0) }
}
