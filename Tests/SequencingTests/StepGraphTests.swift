import SyncModel
import Testing

@testable import Sequencing

@Suite struct `A run's order` {
    private static func step(
        _ sync: String,
        after: [Int],
        _ behaviour: StepDefinition.FailureBehaviour = .stop
    ) -> StepDefinition {
        StepDefinition(syncs: [sync], after: after, onFailure: behaviour)
    }

    @Test func `begins the child when the parent has passed`() {
        var graph = StepGraph(steps: [Self.step("accounts", after: []), Self.step("contacts", after: [0])])
        #expect(graph.begun().begins == [0])
        #expect(graph.ended(0, .passed).begins == [1])
        #expect(graph.ended(1, .passed).isOver)
    }

    @Test(arguments: [
        (StepDefinition.FailureBehaviour.stop, StepGraph.Ending.fatal, true),
        (.stop, .tooManyRejected, true),
        (.stopOnFatal, .fatal, true),
        (.stopOnFatal, .tooManyRejected, false),
        (.continue, .fatal, false),
        (.continue, .tooManyRejected, false),
        (.continue, .cancelled, true),
    ])
    func `stops as on_failure says`(behaviour: StepDefinition.FailureBehaviour, ending: StepGraph.Ending, stops: Bool) {
        var graph = StepGraph(steps: [Self.step("accounts", after: [], behaviour), Self.step("contacts", after: [0])])
        _ = graph.begun()
        let advance = graph.ended(0, ending)
        #expect(advance.skips == (stops ? [StepGraph.Skip(step: 1, because: 0)] : []))
        #expect(advance.begins == (stops ? [] : [1]))
        #expect(advance.isOver == stops)
    }

    @Test func `lets steps under way finish after another has stopped the run`() {
        var graph = StepGraph(steps: [
            Self.step("a", after: []), Self.step("b", after: []), Self.step("c", after: [0, 1]),
        ])
        #expect(graph.begun().begins == [0, 1])
        let advance = graph.ended(0, .fatal)
        #expect(advance.skips == [StepGraph.Skip(step: 2, because: 0)])
        #expect(!advance.isOver)
        #expect(graph.ended(1, .passed).isOver)
    }

    @Test func `counts steps that are not of this run as ended`() {
        var graph = StepGraph(steps: [Self.step("a", after: []), Self.step("b", after: [0])], including: [1])
        #expect(graph.begun().begins == [1])
    }
}
