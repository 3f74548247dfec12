import Scheduling
import SyncModel
import Testing

@Suite struct `A start` {
    private static let plain = StartRequest()
    private static let full = StartRequest(fullResync: true)

    private func run(_ id: String, _ request: StartRequest = plain, hasBegun: Bool) -> StartRule.ActiveRun {
        StartRule.ActiveRun(id: RunID(rawValue: id), request: request, hasBegun: hasBegun)
    }

    private func decide(
        _ trigger: RunTrigger,
        _ overlap: SequenceDefinition.Overlap = .queueOne,
        asking request: StartRequest = plain,
        earlier: String? = nil,
        active: [StartRule.ActiveRun] = []
    ) -> StartRule.Decision {
        StartRule.decide(
            request,
            trigger: trigger,
            overlap: overlap,
            earlier: earlier.map(RunID.init(rawValue:)),
            active: active
        )
    }

    @Test(arguments: RunTrigger.allCases) func `with nothing going on makes a run`(trigger: RunTrigger) {
        #expect(decide(trigger) == .create)
        #expect(decide(trigger, .skip) == .create)
    }

    @Test(arguments: RunTrigger.allCases) func `while a run is going on queues one, and the next share it`(
        trigger: RunTrigger
    ) {
        let running = run("1", hasBegun: true)
        #expect(decide(trigger, active: [running]) == .create)
        let queued = run("2", hasBegun: false)
        #expect(decide(trigger, active: [running, queued]) == .share(RunID(rawValue: "2")))
    }

    @Test func `with other parameters is queued behind, at most one each`() {
        let active = [run("1", hasBegun: true), run("2", hasBegun: false)]
        #expect(decide(.manual, asking: Self.full, active: active) == .create)
        let more = active + [run("3", Self.full, hasBegun: false)]
        #expect(decide(.manual, asking: Self.full, active: more) == .share(RunID(rawValue: "3")))
        #expect(decide(.manual, active: more) == .share(RunID(rawValue: "2")))
        #expect(decide(.api, asking: StartRequest(only: "accounts"), active: more) == .create)
    }

    @Test func `of the schedule is skipped where overlap says so, one by hand never`() {
        let active = [run("1", hasBegun: true)]
        #expect(decide(.schedule, .skip, active: active) == .skip(because: RunID(rawValue: "1")))
        #expect(decide(.catchUp, .skip, active: active) == .skip(because: RunID(rawValue: "1")))
        #expect(decide(.manual, .skip, active: active) == .create)
        #expect(decide(.api, .skip, active: active) == .create)
        #expect(decide(.retry, .skip, active: active) == .create)
    }

    @Test func `put off by a window shares the run that waits there already`() {
        let waiting = run("1", hasBegun: false)
        #expect(decide(.schedule, active: [waiting]) == .share(RunID(rawValue: "1")))
        #expect(decide(.schedule, .skip, active: [waiting]) == .share(RunID(rawValue: "1")))
    }

    @Test func `with a key that was seen answers with that run, whatever goes on`() {
        #expect(
            decide(.api, .skip, asking: Self.full, earlier: "7", active: [run("9", hasBegun: true)])
                == .share(RunID(rawValue: "7"))
        )
    }

    @Test func `is stopped by failures one after the other, and by nothing else`() {
        var count = FailureCount()
        #expect(count.ended(.failed, limit: 3) == nil)
        #expect(count.ended(.cancelled, limit: 3) == nil)
        #expect(count.ended(.timedOut, limit: 3) == nil)
        #expect(count.ended(.partial, limit: 3) == nil)
        #expect(count.failures == 0)
        #expect(count.ended(.failed, limit: 2) == nil)
        #expect(count.ended(.failed, limit: 2) == "2 runs failed one after the other")
        // Paused once; a manual run that fails too does not pause again.
        #expect(count.ended(.failed, limit: 2) == nil)
        #expect(count.ended(.succeeded, limit: 2) == nil)
        #expect(count.ended(.failed, limit: 1) == "the last run failed")
        #expect(count.ended(.failed, limit: nil) == nil)
        // A limit that is lowered is passed already.
        #expect(count.failures == 2)
        #expect(count.verdict(limit: 3) == nil)
        #expect(count.verdict(limit: nil) == nil)
        #expect(count.verdict(limit: 2) == "2 runs failed one after the other")
        #expect(count.verdict(limit: 1) == "2 runs failed one after the other")
    }
}
