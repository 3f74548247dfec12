/// One Salesforce org: its schema, records, users, sessions, jobs and rules.
///
/// Every call is answered inside it, one at a time, so that a transaction sees nobody else's half-done work.
actor Org {
    let options: EmulatorOptions
    let schema = Schema()
    var clock: OrgClock
    var tables: [KeyPrefix: Table] = [:]
    var journal: [UndoStep]?
    var counters = Counters()
    var limits = Limits()
    var users: [String: Credentials] = [:]
    var apps: [String: ConnectedApp] = [:]
    var sessions: [String: Session] = [:]
    var refreshTokens: [String: Grant] = [:]
    var codes: [String: AuthorizationCode] = [:]
    /// Made when the first id token is.
    var identityKey: IdentityKey?
    var random: SeededRandom
    var faults: FaultList
    var calls = CallLog()
    var locks: [RecordID: RecordLock] = [:]
    /// What was deleted with each record that took others along.
    var burials: [RecordID: Burial] = [:]
    var automations: [String: ObjectAutomation] = [:]
    var duplicateRules: [DuplicateRule] = []
    var events: [String: [PublishedEvent]] = [:]
    var apexJobs: [ApexJob] = []
    var ingestJobs: [RecordID: IngestJob] = [:]
    var queryJobs: [RecordID: QueryJob] = [:]
    var classicJobs: [RecordID: ClassicJob] = [:]
    var jobOrder: [RecordID] = []
    var lastJob = 0
    var lastBatch = 0
    var lastResult = 0
    var running: [BatchRun] = []
    var waiting: [BatchRun] = []
    /// Jobs without a row, to be completed at the next step.
    var emptyJobs: [RecordID] = []
    /// What automation cost in the last transaction, in milliseconds.
    var lastCost = 0
    var cursors: [String: QueryCursor] = [:]
    var cursorCount = 0
    var pace = Pace()
    var edition = "Developer Edition"
    var setupIds: [String: RecordID] = [:]
    var recordTypeCount = 0
    /// How many computed fields are being worked out, each for the one before.
    var computationDepth = 0
    var snapshot: OrgSnapshot?
    var metadataChangedAt: Instant
    /// Tells the job runner that there is work.
    let work: WorkBell

    init(options: EmulatorOptions, work: WorkBell) throws {
        self.options = options
        self.work = work
        clock = OrgClock()
        metadataChangedAt = clock.now
        random = SeededRandom(seed: options.seed)
        faults = FaultList(seed: options.seed)
    }

    func table(of type: ObjectType) -> Table {
        if let table = tables[type.keyPrefix] { return table }
        let table = Table(type: type)
        tables[type.keyPrefix] = table
        return table
    }

    func hasTable(_ type: ObjectType) -> Bool { tables[type.keyPrefix] != nil }

    /// Runs `body`; what it wrote is taken back when it answers false.
    func undoable(_ body: () -> Bool) {
        let outer = journal
        let before = counters
        journal = []
        if body() {
            journal = outer.map { $0 + (journal ?? []) }
            return
        }
        for step in (journal ?? []).reversed() {
            switch step {
            case .appended(let table): table.removeLast()
            case .replaced(let table, let number, let old): table.replace(number, with: old)
            }
        }
        // Events are published at once and stay published.
        let published = counters.published
        counters = before
        counters.published = published
        journal = outer
    }
}

/// How to take one write back.
enum UndoStep {
    case appended(Table)
    case replaced(Table, Int, Record)
}

/// What was ever done, for `/emulator/counters`.
struct Counters: Sendable {
    var created: [String: Int] = [:]
    var updated: [String: Int] = [:]
    var deleted: [String: Int] = [:]
    var merged: [String: Int] = [:]
    var published: [String: Int] = [:]
}

/// How fast jobs run.
struct Pace: Sendable {
    /// Milliseconds that each batch takes, and microseconds for each of its rows.
    var batch = 0
    var row = 0
}
