internal import CivilTime
internal import Gating
internal import Ledger
internal import Logging
internal import Salesforce
internal import SyncModel

/// What is known of one org beside its records: its own work, its time zone, its limits; at most `poll` old.
actor OrgWatch {
    /// As of the last look.
    struct Knowledge: Sendable {
        var work = OrgWork.none
        var zone: String?
        var quota = QuotaReading(apiRequests: nil, bulkBatches: nil, publishedEvents: nil)
        /// What a person should know, each once.
        var notices: [String] = []
    }

    private let clock: EngineClock
    private var known = Knowledge()
    private var lookedAt: Timestamp?
    private var look: Task<Knowledge, Never>?
    private var refusedAt: Timestamp?

    init(clock: EngineClock) {
        self.clock = clock
    }

    /// What was found at the last look, without a call.
    var latest: Knowledge { known }

    /// What is known, looked up again if it is older than `poll`; who asks meanwhile shares the answer.
    ///
    /// A look that goes wrong leaves what was known: whether Salesforce is there, the work itself finds out.
    func knowledge(of destination: DestinationDefinition, _ client: SalesforceClient) async -> Knowledge {
        if let lookedAt, clock.now - lookedAt < destination.automation.poll, clock.now >= lookedAt { return known }
        if let look { return await look.value }
        let task = Task { await self.lookAround(destination, client) }
        look = task
        let found = await task.value
        look = nil
        return found
    }

    /// The org's limits by Salesforce's names, read now; the quota goes by them from here on.
    ///
    /// - Throws: `SalesforceError`.
    func limits(_ client: SalesforceClient) async throws -> [String: OrgLimit] {
        let limits = try await client.limits()
        take(limits)
        return limits
    }

    // MARK: - Implementation

    private func lookAround(_ destination: DestinationDefinition, _ client: SalesforceClient) async -> Knowledge {
        let now = clock.now
        known.notices = []
        if let refusedAt, now - refusedAt < Self.afterRefusal, now >= refusedAt {
            lookedAt = now
            return known
        }
        do {
            if destination.automation.discover {
                let found = try await OrgJobs.read(client)
                known.zone = found.zone ?? known.zone
                known.work = OrgWork(
                    scheduled: found.scheduled,
                    live: found.live,
                    automation: destination.automation,
                    destination: destination.name,
                    before: known.work.windows,
                    now: now
                )
                known.notices = known.work.unknown.map {
                    "\(destination.name): the scheduled job `\($0)` touches unknown objects; name it under `automation.jobs`"
                }
            } else if known.zone == nil {
                let found = try await client.query("SELECT TimeZoneSidKey FROM Organization LIMIT 1", atMost: 1)
                known.zone = found.first?.text("TimeZoneSidKey")
            }
            take(try await client.limits())
            refusedAt = nil
        } catch let error as SalesforceError where !error.isWorthRetrying {
            refusedAt = now
            known.notices.append(
                "\(destination.name): the user may not see what the org runs and what is left of its limits: \(error.message)"
            )
        } catch {
            Logger.current.info("Org could not be looked at", metadata: ["error": "\(error)"])
        }
        lookedAt = now
        return known
    }

    private func take(_ limits: [String: OrgLimit]) {
        func allocation(_ names: String...) -> Allocation? {
            names.compactMap { limits[$0] }.first.map { Allocation(allowed: $0.max, left: $0.remaining) }
        }
        known.quota = QuotaReading(
            apiRequests: allocation("DailyApiRequests"),
            // Its older name is of versions up to 48 (reference 02-rest, 9).
            bulkBatches: allocation("DailyBulkApiBatches", "DailyBulkApiRequests"),
            publishedEvents: allocation("HourlyPublishedPlatformEvents")
        )
    }

    /// A right that is missing is not asked for at every look.
    private static let afterRefusal = Duration.seconds(900)
}

extension OrgWork {
    /// Nothing is known.
    static let none = OrgWork(
        scheduled: [],
        live: [],
        automation: DestinationDefinition.Automation(),
        destination: "",
        before: [],
        now: Timestamp(microseconds: 0)
    )
}
