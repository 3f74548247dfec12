/// The state that `POST /emulator/snapshot` keeps and `restore` brings back: records, events and counters.
struct OrgSnapshot {
    var tables: [KeyPrefix: Table]
    var events: [String: [PublishedEvent]]
    var counters: Counters
    var globalSets: [String: [PicklistValue]]
    var standardSets: [String: [PicklistValue]]
    var burials: [RecordID: Burial]
}

extension Org {
    func takeSnapshot() -> OrgSnapshot {
        OrgSnapshot(
            tables: tables.mapValues { Table(copying: $0) },
            events: events,
            counters: counters,
            globalSets: schema.globalSets,
            standardSets: schema.standardSets,
            burials: burials
        )
    }

    func restore(_ snapshot: OrgSnapshot) {
        tables = snapshot.tables.mapValues { Table(copying: $0) }
        events = snapshot.events
        counters = snapshot.counters
        schema.globalSets = snapshot.globalSets
        schema.standardSets = snapshot.standardSets
        burials = snapshot.burials
        cursors = [:]
        dropJobs()
    }

    /// Back to how the org was at the start; sessions and the clock stay, faults go.
    func resetAll() throws(RESTError) {
        tables = [:]
        events = [:]
        counters = Counters()
        calls.clear()
        limits.clear()
        locks = [:]
        burials = [:]
        faults.clear()
        cursors = [:]
        dropJobs()
        schema.reset()
        automations = [:]
        duplicateRules = []
        apexJobs = []
        setupIds = [:]
        recordTypeCount = 0
        users = [:]
        apps = [:]
        random = SeededRandom(seed: options.seed)
        do {
            try seed()
        } catch {
            throw RESTError(500, "RESET_FAILED", "\(error)")
        }
    }

    private func dropJobs() {
        running = []
        waiting = []
        emptyJobs = []
        ingestJobs = [:]
        queryJobs = [:]
        classicJobs = [:]
        jobOrder = []
    }
}
