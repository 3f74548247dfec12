import Sequencing
import SyncModel
import Testing

@Suite struct `A run's states` {
    @Test func `answer every event, and an ended run answers none`() {
        for state in RunState.allCases {
            for event in RunEvent.allCases {
                let next = state.after(event, result: .partial)
                if state.hasEnded { #expect(next == nil, "\(state) \(event)") }
            }
        }
    }

    @Test func `reach an end from every state that is not one`() {
        for state in RunState.allCases where !state.hasEnded {
            var reached: Set<RunState> = [state]
            var frontier: Set<RunState> = [state]
            while !frontier.isEmpty {
                frontier = Set(frontier.flatMap { from in RunEvent.allCases.compactMap { from.after($0) } })
                    .subtracting(reached)
                reached.formUnion(frontier)
            }
            let ends = reached.filter(\.hasEnded)
            #expect(!ends.isEmpty, "\(state) never ends")
        }
    }

    @Test func `say cancelled when a stop was asked for and the run came to its end`() {
        #expect(RunState.running.after(.stopRequested) == .stopping)
        #expect(RunState.stopping.after(.finished, result: .succeeded) == .cancelled)
        #expect(RunState.stopping.after(.finished, result: .failed) == .failed)
    }

    @Test(arguments: [
        ([StepState.succeeded, .succeeded], RunState.succeeded),
        ([.succeeded, .partial], .partial),
        ([.partial, .failed, .skipped], .failed),
        ([.succeeded, .timedOut, .partial], .timedOut),
        ([.cancelled, .skipped], .cancelled),
    ])
    func `are the worst of the steps`(steps: [StepState], result: RunState) {
        #expect(RunState.result(of: steps) == result)
    }
}
