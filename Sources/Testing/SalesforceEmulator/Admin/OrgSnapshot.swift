/// The state that `POST /emulator/snapshot` keeps and `restore` brings back: records, events and counters.
struct OrgSnapshot {
    var tables: [KeyPrefix: Table]
    var events: [String: [PublishedEvent]]
    var counters: Counters
    var globalSets: [String: [PicklistValue]]
    var standardSets: [String: [PicklistValue]]
    /// The picklists that fields have of their own.
    var ownSets: [(type: ObjectType, field: Int, values: PicklistSource)]
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
            ownSets: schema.types.flatMap { type in
                type.fields.indices.compactMap { position in
                    if case .own(let values)? = type.fields[position].picklist {
                        (type, position, .own(values))
                    } else {
                        nil
                    }
                }
            },
            burials: burials
        )
    }

    func restore(_ snapshot: OrgSnapshot) {
        tables = snapshot.tables.mapValues { Table(copying: $0) }
        events = snapshot.events
        counters = snapshot.counters
        schema.globalSets = snapshot.globalSets
        schema.standardSets = snapshot.standardSets
        for (type, position, values) in snapshot.ownSets { type.change(position) { $0.picklist = values } }
        burials = snapshot.burials
        cursors = [:]
        // Of the batches that held rows nothing is left.
        locks = locks.filter { $0.value.holder == 0 }
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
        faults = FaultList(seed: options.seed)
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
