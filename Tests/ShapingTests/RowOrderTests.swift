import SyncModel
import Testing

@testable import Shaping

private let contact = "0034S000005YJYwQAO"

@Suite struct `Rows that refer to one another` {
    private func waves(_ parents: [Int?]) -> Waves {
        Waves(
            parents.enumerated().map {
                Waves.Row(own: UInt64($0.offset + 1), parent: $0.element.map { UInt64($0 + 1) } ?? 0)
            }
        )
    }

    @Test func `go roots first`() {
        #expect(waves([nil, 0, 1, 0, nil, 99]).waves == [0, 1, 2, 1, 0, 0])
        #expect(waves([1, 2, 3, nil]).waves == [3, 2, 1, 0])
        #expect(waves([]).count == 0)
        #expect(waves([nil]).count == 1)
    }

    @Test func `in a circle are told, and broken at one row`() {
        let circle = waves([2, 0, 1, 1, 3, 5])
        #expect(circle.cycles == [[0, 2, 1], [5]])
        #expect(circle.waves == [0, 1, 2, 2, 3, 0])
        #expect(circle.count == 4)
    }

    @Test(arguments: 0..<20) func `never go before their parents, but at a broken circle`(_ seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let count = 1 + next(200)
        let parents = (0..<count).map { _ in next(4) == 0 ? nil : next(count) }
        let result = waves(parents)
        let broken = Set(result.cycles.map { $0[0] })
        for (row, parent) in parents.enumerated() {
            guard let parent, !broken.contains(row) else { continue }
            #expect(result.waves[row] > result.waves[parent])
        }
        for cycle in result.cycles {
            for (row, parent) in zip(cycle, cycle.dropFirst() + cycle.prefix(1)) { #expect(parents[row] == parent) }
        }
    }

    @Test func `go after all of their parents`() {
        func row(_ own: UInt64, _ parents: UInt64...) -> Waves.Row {
            Waves.Row(own: own, parent: parents.first ?? 0, otherParents: Array(parents.dropFirst()))
        }
        let tree = Waves([row(1, 2, 3), row(2), row(3, 4), row(4, 2), row(5, 99, 4)])
        #expect(tree.waves == [3, 0, 2, 1, 2] && tree.cycles.isEmpty)
        // 1 and 2 refer to one another, and so do 2 and 3.
        let circles = Waves([row(1, 2), row(2, 1, 3), row(3, 2)])
        #expect(circles.cycles == [[0, 1], [1, 2]])
        #expect(circles.waves == [0, 0, 1])
    }

    @Test func `may be a chain of a hundred thousand`() {
        let chain = waves((0..<100_000).map { $0 == 99_999 ? nil : $0 + 1 })
        #expect(chain.count == 100_000)
    }
}

@Suite struct `Rows of one merge group` {
    private func member(_ row: Int, _ group: String, child: Bool) -> MergeMember {
        MergeMember(row: row, group: group, isChild: child)
    }

    @Test func `are one parent and its children`() {
        let groups = MergeGroups([
            member(0, "g1", child: true), member(1, "g1", child: false), member(2, "", child: false),
            member(3, "g1", child: true),
        ])
        #expect(groups.groups.map(\.parent.row) == [1, 2])
        #expect(groups.groups[0].children.map(\.row) == [0, 3])
        #expect(groups.refused.isEmpty)
    }

    @Test func `without one parent are refused together`() {
        let groups = MergeGroups([
            member(0, "none", child: true), member(1, "two", child: false), member(2, "two", child: false),
            member(3, "", child: true),
        ])
        #expect(groups.groups.isEmpty)
        #expect(groups.refused.map(\.rows) == [[3], [0], [1, 2]])
        #expect(groups.refused[1].reason.contains("has none"))
        #expect(groups.refused[2].reason.contains("has 2"))
    }

    @Test func `are told by either column`() throws {
        var bench = ShapingBench()
        bench.fields += [
            FieldMapping(
                field: "Notes__c",
                value: .template(FieldTemplate(parts: [.column("group"), .column("child"), .column("into")]))
            )
        ]
        let flagged = SyncDefinition.Merge(sharedID: "group", isChild: "child", mergeID: nil)
        let named = SyncDefinition.Merge(sharedID: "group", isChild: nil, mergeID: "into")
        let change = bench.change(["group": " g ", "child": "t", "into": ""])
        #expect(try MergeMember(change, row: 0, merge: flagged, columns: bench.columns) == member(0, "g", child: true))
        #expect(try MergeMember(change, row: 0, merge: named, columns: bench.columns) == member(0, "g", child: false))
        let child = try MergeMember(
            bench.change(["group": "g", "into": contact]),
            row: 1,
            merge: named,
            columns: bench.columns
        )
        #expect(child == MergeMember(row: 1, group: "g", isChild: true, mergeID: contact))
        for value in ["", "maybe"] {
            #expect(throws: Refusal.self) {
                try MergeMember(
                    bench.change(["group": "g", "child": value]),
                    row: 0,
                    merge: flagged,
                    columns: bench.columns
                )
            }
        }
    }
}
