import SyncModel
import Testing

@testable import Sequencing

@Suite struct `The course of a step` {
    private static func need(_ child: String, _ parent: String) -> LookupNeed {
        LookupNeed(child: child, field: "F", object: "O", objectField: "K", parent: parent)
    }

    private static func course(
        _ syncs: [String],
        needs: [LookupNeed] = [],
        objects: [String: Set<String>] = [:],
        _ onFailure: StepDefinition.FailureBehaviour = .stop
    ) -> StepCourse {
        var step = StepDefinition(syncs: syncs, after: [])
        step.onFailure = onFailure
        return StepCourse(step, needs: needs, objects: objects)
    }

    @Test func `begins all at once that have nothing to do with one another`() {
        var course = Self.course(["a", "b"], objects: ["a": ["x"], "b": ["y"]])
        #expect(course.turns() == [.begins("a"), .begins("b")])
        course.ended("a", .passed)
        course.ended("b", .tooManyRejected)
        #expect(course.turns() == [])
        #expect(course.ending == .tooManyRejected)
    }

    @Test func `has those that write one object go one after the other`() {
        var course = Self.course(["a", "b", "c"], objects: ["a": ["x"], "b": ["y", "x"], "c": ["y"]])
        #expect(course.turns() == [.begins("a")])
        course.ended("a", .fatal)
        #expect(course.turns() == [.begins("b")])
        course.ended("b", .passed)
        #expect(course.turns() == [.begins("c")])
    }

    @Test func `has children wait for their parents, however they stand`() {
        let needs = [Self.need("contacts", "accounts"), Self.need("cases", "contacts")]
        var course = Self.course(["cases", "contacts", "leads", "accounts"], needs: needs)
        #expect(Set(course.turns().map { "\($0)" }).count == 2)
        course.ended("leads", .passed)
        #expect(course.turns() == [])
        course.ended("accounts", .passed)
        #expect(course.turns() == [.begins("contacts")])
        course.ended("contacts", .passed)
        #expect(course.turns() == [.begins("cases")])
    }

    @Test(arguments: [(StepDefinition.FailureBehaviour.stop, true), (.continue, false)])
    func `never begins children whose parents stopped the sequence`(
        onFailure: StepDefinition.FailureBehaviour,
        isSkipped: Bool
    ) {
        let needs = [Self.need("contacts", "accounts"), Self.need("cases", "contacts")]
        var course = Self.course(["cases", "contacts", "accounts"], needs: needs, onFailure)
        #expect(course.turns() == [.begins("accounts")])
        course.ended("accounts", .fatal)
        let skipped: [StepCourse.Turn] = [
            .skipped("contacts", because: "accounts"), .skipped("cases", because: "contacts"),
        ]
        #expect(course.turns() == (isSkipped ? skipped : [.begins("contacts")]))
        #expect(course.ending == .fatal)
    }

    @Test func `does not wait for ever where each looks up the other`() {
        var course = Self.course(["a", "b"], needs: [Self.need("a", "b"), Self.need("b", "a")])
        #expect(course.turns() == [.begins("a"), .begins("b")])
    }
}
