package import SyncModel

/// What becomes of a wish to start a sequence while runs of it are going on or queued.
package struct StartRule: Sendable {
    /// A run of the sequence that has not ended.
    package struct ActiveRun: Sendable, Equatable {
        package var id: RunID
        package var request: StartRequest
        /// Whether it has begun to read; one that only waits for its first gate has not.
        package var hasBegun: Bool

        package init(id: RunID, request: StartRequest, hasBegun: Bool) {
            self.id = id
            self.request = request
            self.hasBegun = hasBegun
        }
    }

    package enum Decision: Sendable, Equatable {
        /// A new run, queued behind whatever there is.
        case create
        /// An earlier wish asked for the same; its run answers for both.
        case share(RunID)
        /// `overlap: skip`: a run is recorded as `skipped (overlap)`, because of this one.
        case skip(because: RunID)
    }

    /// Decides on one start.
    ///
    /// Equal requests share a queued run; only the schedule's own starts are ever skipped. `earlier` is the run that this
    /// start's idempotency key brought about before, and `active` are the sequence's runs that have not ended, oldest first.
    package static func decide(
        _ request: StartRequest,
        trigger: RunTrigger,
        overlap: SequenceDefinition.Overlap,
        earlier: RunID?,
        active: [ActiveRun]
    ) -> Decision {
        if let earlier { return .share(earlier) }
        if let waiting = active.first(where: { !$0.hasBegun && $0.request == request }) { return .share(waiting.id) }
        switch (trigger, overlap) {
        case (.schedule, .skip), (.catchUp, .skip): return active.first.map { .skip(because: $0.id) } ?? .create
        case (.schedule, .queueOne), (.catchUp, .queueOne), (.manual, _), (.api, _), (.retry, _): return .create
        }
    }
}

/// Counts runs that failed one after the other, for `pause_after_failures`.
package struct FailureCount: Sendable, Equatable {
    package private(set) var failures: Int

    package init(failures: Int = 0) {
        self.failures = failures
    }

    /// Notes how a run ended.
    ///
    /// - Returns: why the sequence is to be paused now, if it is.
    package mutating func ended(_ state: RunState, limit: Int?) -> String? {
        switch state {
        case .failed, .timedOut: failures += 1
        case .succeeded, .partial: failures = 0
        // These tell nothing of whether the next run would succeed.
        case .cancelled, .skipped, .missed, .queued, .waiting, .running, .stopping, .interrupted: return nil
        }
        // Paused once; a run by hand that fails too does not pause it again.
        return failures == limit ? verdict(limit: limit) : nil
    }

    /// Why the sequence is to be paused under this limit, which may be a new one; nil: it goes on.
    package func verdict(limit: Int?) -> String? {
        guard let limit, failures >= limit else { return nil }
        return failures == 1 ? "the last run failed" : "\(failures) runs failed one after the other"
    }
}
