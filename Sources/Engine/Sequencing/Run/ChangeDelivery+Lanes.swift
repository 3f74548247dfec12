internal import Salesforce
internal import Shaping
internal import SyncModel

extension ChangeDelivery {
    /// The ways in which the selected rows may be written, their questions answered, and who says which way each goes.
    func lanes(
        _ diff: DiffResult,
        _ selection: ChangeShaping.Selection,
        _ operation: RecordOperation
    ) async throws -> ([ShapingLane], any RowRouting) {
        switch sync.target {
        case .object(let name), .event(let name):
            let rows = selection == .present ? diff.counts.travelling : diff.counts.removed
            let choice = try await RouteChoice(self, name, operation, rows: rows)
            var answers = try await resolver.answers(to: choice.shaper, for: diff, selection)
            if selection == .present { _ = try await followMerged(in: &answers, to: choice.shaper) }
            let isMergeRemoval = sync.merge != nil && selection == .removed
            let router: any RowRouting = isMergeRemoval ? MergeRemovalRouting() : OneLane()
            return ([ShapingLane(choice, answers, of: sync)], router)
        case .objects(let first, let otherwise, let create):
            let objects = TwoObjects(first: first, otherwise: otherwise, create: create)
            return try await lanes(into: objects, diff, selection, operation)
        case .picklist:
            throw EngineError(
                code: .notInThisVersion,
                subject: "sync \(sync.name)",
                detail: "its rows do not travel by themselves"
            )
        }
    }

    var resolver: LookupResolver {
        LookupResolver(context: context, client: client, destination: sync.destination)
    }

    /// Makes ready to shape rows for one object; `change` is done to the mapping before, `resolvesLinks` as `Shaper` has it.
    ///
    /// - Throws: `ShapingError` with every fault of the mapping.
    func shaper(
        for object: String,
        _ form: PayloadForm,
        resolvesLinks: Bool = false,
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) async throws -> Shaper {
        var sync = sync
        change(&sync)
        var shaper = try Shaper(
            sync: sync,
            model: worker.read.model,
            columns: worker.read.columns,
            object: try objects.object(object),
            related: objects.all,
            recordTypes: objects.recordTypes(of: object),
            zone: try worker.read.model.localZone(),
            resolvesLinks: resolvesLinks,
            form: form
        )
        // An archive deletes whatever it is given, known or not.
        shaper.sendsEqualPayloads = await worker.book.run.request.fullResync
        return shaper
    }
}
