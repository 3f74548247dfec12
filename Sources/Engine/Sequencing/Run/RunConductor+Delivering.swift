internal import Ledger
internal import SyncModel

extension RunConductor {
    /// Delivers one sync; a plan that is too old by then is made anew, together with those of steps to come.
    func deliver(
        _ sync: String,
        _ step: StepDefinition,
        _ readings: RunReadings,
        _ hold: StepHold
    ) async throws -> StepGraph.Ending {
        // Other steps may be at work, or may begin.
        let ending = try await withFreshReading(of: sync, readings, hold, giving: [sync]) { worker in
            try await worker.deliver(step)
        } renewing: {
            // Rows that stayed behind are looked at again, and counted again.
            try await context.forgetLeftovers(of: sync)
        }
        if ending != nil { await readings.begin(sync) }
        return ending ?? .passed
    }

    /// Removals last, children first: the steps in reverse order.
    func removals(_ included: Set<Int>, _ readings: RunReadings) async throws {
        for index in included.sorted().reversed() {
            for sync in context.sequence.steps[index].syncs.reversed() {
                // A step that failed, by a guard among others, removes nothing.
                guard !signal.isAsked, await book.state(of: sync) != .failed else { continue }
                try await holding(for: [sync], readings, Self.removed) { hold in
                    // Nobody else of the run is at work by now.
                    let giving = context.sequence.syncs
                    _ = try await withFreshReading(of: sync, readings, hold, giving: giving) { worker in
                        try await worker.deliverRemovals(context.sequence.steps[index])
                        return .passed
                    }
                }
            }
        }
    }

    // MARK: - Implementation

    /// Works with what was read of a sync; where that is too old, it is read again, held against the guards, and begun anew.
    ///
    /// `giving`: syncs that other runs may have while a person is asked.
    ///
    /// - Returns: nil when nothing was read of it.
    private func withFreshReading(
        of sync: String,
        _ readings: RunReadings,
        _ hold: StepHold,
        giving: [String],
        _ work: (StepWorker) async throws -> StepGraph.Ending,
        renewing: () async throws -> Void = {}
    ) async throws -> StepGraph.Ending? {
        do {
            while true {
                try await passGuards(sync, readings, hold, giving: giving)
                guard let read = await readings.read(of: sync) else { return nil }
                do {
                    return try await work(
                        StepWorker(context: context, read: read, hold: hold, readings: readings)
                    )
                } catch is PlanIsOld {
                    try await renewing()
                    try await readings.renew(sync)
                }
            }
        } catch let error as WaitedTooLong {
            context.progress.expire(error.reason)
            signal.ask(.drain, reason: error.reason)
            try await book.step(sync, is: .skipped, reason: error.reason)
            return .cancelled
        } catch is StoppedOnRequest where signal.isAsked {
            if signal.request != .shutdown { try await book.step(sync, is: .cancelled, reason: signal.reason) }
            return .cancelled
        }
    }

    /// Holds the guards against a reading that was made in the middle of the run; a person is asked where it passes one.
    ///
    /// - Throws: `WaitedTooLong`, `StoppedOnRequest`.
    private func passGuards(
        _ sync: String,
        _ readings: RunReadings,
        _ hold: StepHold,
        giving: [String]
    ) async throws {
        let approvals = ApprovalWait(context)
        while await readings.isUnguarded(sync), let read = await readings.read(of: sync) {
            let open = try await approvals.open([sync: read])
            if open.isEmpty { return await readings.passGuards(sync) }
            await hold.beginsToAsk()
            let ending: ApprovalWait.Ending
            do {
                ending = try await approvals.wait(for: open, [sync: read], giving: giving, isUnderWay: true)
            } catch {
                await hold.hasAsked()
                throw error
            }
            await hold.hasAsked()
            switch ending {
            case .granted: try await readings.renew(sync, thoughYoung: true)
            case .stopped, .missed: throw StoppedOnRequest()
            }
        }
    }
}
