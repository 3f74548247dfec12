import CivilTime
import Gating
import SyncModel
import Testing

@Suite struct `The quota` {
    private let now = Timestamp(microseconds: 1_790_000_000_000_000)

    private func quota(
        api: Allocation? = nil,
        hours: [QuotaSpending.Hour] = [],
        _ change: (inout DestinationDefinition.Limits) -> Void = { _ in }
    ) -> Quota {
        var limits = DestinationDefinition.Limits()
        change(&limits)
        return Quota(
            destination: "production",
            limits: limits,
            reading: QuotaReading(apiRequests: api, bulkBatches: nil, publishedEvents: nil),
            spending: QuotaSpending(hours: hours)
        )
    }

    @Test func `leaves the reserve to others`() {
        let need = QuotaNeed(apiRequests: 50)
        #expect(quota(api: Allocation(allowed: 1_000, left: 250)).shortages(for: need, at: now).isEmpty)
        let short = quota(api: Allocation(allowed: 1_000, left: 249)).shortages(for: need, at: now)
        #expect(short.map(\.name) == ["api requests"])
        #expect(short.first?.until == nil)
        #expect(short.first?.reason?.contains("200 are the reserve, and 50 are needed") == true)
    }

    @Test func `lets begin what could never fit whole`() {
        let need = QuotaNeed(apiRequests: 5_000)
        #expect(quota(api: Allocation(allowed: 1_000, left: 1_000)).shortages(for: need, at: now).isEmpty)
        #expect(quota(api: Allocation(allowed: 1_000, left: 700)).shortages(for: need, at: now).count == 1)
    }

    @Test func `says of our own caps when enough of them is free again`() {
        let early = now - .seconds(20 * 3_600)
        let late = now - .seconds(2 * 3_600)
        let hours = [
            QuotaSpending.Hour(from: early, need: QuotaNeed(bulkRows: 60)),
            QuotaSpending.Hour(from: late, need: QuotaNeed(bulkRows: 30)),
        ]
        let capped = quota(hours: hours) { $0.dailyBulkRows = 100 }
        #expect(capped.shortages(for: QuotaNeed(bulkRows: 10), at: now).isEmpty)
        let short = capped.shortages(for: QuotaNeed(bulkRows: 20), at: now)
        #expect(short.map(\.name) == ["bulk rows"])
        #expect(short.first?.until == early + .seconds(25 * 3_600))
        let shorter = capped.shortages(for: QuotaNeed(bulkRows: 90), at: now)
        #expect(shorter.first?.until == late + .seconds(25 * 3_600))
    }

    @Test func `asks nothing of what is not needed`() {
        #expect(quota(api: Allocation(allowed: 10, left: 0)).shortages(for: QuotaNeed(bulkRows: 5), at: now).isEmpty)
    }
}

@Suite struct `The org's own work` {
    private let now = Timestamp(microseconds: 1_790_000_000_000_000)

    private func work(
        _ jobs: [ScheduledJob],
        live: [LiveJob] = [],
        before: [DiscoveredWindow] = [],
        _ change: (inout DestinationDefinition.Automation) -> Void = { _ in }
    ) -> OrgWork {
        var automation = DestinationDefinition.Automation()
        change(&automation)
        return OrgWork(
            scheduled: jobs,
            live: live,
            automation: automation,
            destination: "production",
            before: before,
            now: now
        )
    }

    @Test func `closes at its next time for as long as it takes`() {
        var job = ScheduledJob(id: "1", name: "Scoring", next: now + .seconds(600), previous: nil, objects: ["Account"])
        #expect(work([job]).windows.map(\.until) == [now + .seconds(600 + 1_800)])
        job.durations = [.seconds(60), .seconds(300)]
        #expect(work([job]).windows.map(\.until) == [now + .seconds(900)])
        let written = work([job]) { $0.jobs = [.init(name: "Scoring", objects: ["Lead"], lasts: .seconds(10))] }
        #expect(written.windows.map(\.until) == [now + .seconds(610)])
        #expect(written.windows.map(\.objects) == [["Lead"]])
        #expect(written.windows.map(\.name) == ["job:Scoring"])
    }

    @Test func `that has fired is still at work, though it names its next time only`() {
        let fired = ScheduledJob(id: "1", name: "Scoring", next: now, previous: nil, objects: ["Account"])
        let first = work([fired])
        let tomorrow = ScheduledJob(
            id: "1",
            name: "Scoring",
            next: now + .seconds(86_400),
            previous: nil,
            objects: ["Account"]
        )
        #expect(work([tomorrow], before: first.windows).windows.map(\.from) == [now + .seconds(86_400), now])
    }

    @Test func `of which nobody knows what it touches is listed, and closes nothing`() {
        let found = work([ScheduledJob(id: "1", name: "Sweeper", next: now, previous: nil)])
        #expect(found.windows.isEmpty)
        #expect(found.unknown == ["Sweeper"])
    }

    @Test func `that is watched closes while it is queued or at work`() {
        let live = LiveJob(className: "NightlyScore", scheduledBy: nil, since: now - .seconds(5), status: "Processing")
        #expect(work([], live: [live]).windows.isEmpty)
        let found = work([], live: [live]) { $0.watch = ["NightlyScore": ["Contact"]] }
        #expect(found.windows.map(\.name) == ["apex:NightlyScore"])
        #expect(found.windows.first?.until == nil)
    }
}
