internal import NIOHTTP1

extension SalesforceClient {
    /// Makes a call, again where that is safe, and reads its whole answer.
    ///
    /// `decode` takes the answer apart; an error of its own is as good a reason to try again as a broken line.
    ///
    /// - Throws: `SalesforceError`, `CancellationError`
    nonisolated(nonsending) func send<Result: Sendable>(
        _ request: SalesforceRequest,
        decode: (SalesforceAnswer) throws -> Result
    ) async throws -> Result {
        try await withSession(request) { held, attempt in
            try await self.exchange(request, session: held.session, attempt: attempt, decode: decode)
        }
    }

    /// Makes a call that has nothing to say in its answer.
    func send(_ request: SalesforceRequest) async throws {
        try await send(request) { _ in }
    }

    /// Makes a call and lends the bytes of its answer as they come.
    ///
    /// `begin` is called when an answer begins, and once more if it broke off and is read anew.
    nonisolated(nonsending) func stream<Result>(
        _ request: SalesforceRequest,
        begin: () throws -> Void,
        chunk: (UnsafeRawBufferPointer) throws -> Void,
        end: (AnswerHead) throws -> Result
    ) async throws -> Result {
        try await withSession(request) { held, attempt in
            try await self.exchange(
                request,
                session: held.session,
                attempt: attempt,
                begin: begin,
                chunk: chunk,
                end: end
            )
        }
    }

    /// Runs `attempt` with a session and a slot until it is done, given up, or its session is refused twice.
    private nonisolated(nonsending) func withSession<Result>(
        _ request: SalesforceRequest,
        _ attempt: (SessionKeeper.Held, Int) async throws -> Result
    ) async throws -> Result {
        let elapsed = clock.stopwatch()
        var machine = RetryMachine(isRepeatable: request.isRepeatable, deadline: configuration.retryFor)
        var number = 0
        var last: SalesforceError?
        while true {
            number += 1
            let held = try await session()
            do {
                let result: Result? = try await slots.withSlot {
                    if request.method != .GET, let permit = CallPermit.current, try await !permit.isGiven() {
                        return nil
                    }
                    return try await attempt(held, number)
                }
                if let result { return result }
            } catch let error as SalesforceError {
                last = error
                if error.isSessionExpired { sessions.end(held.number) }
                switch machine.failed(error, elapsed: elapsed(), jitter: .random(in: 0...1)) {
                case .signInAgain: continue
                case .retry(let pause): try await clock.sleep(for: pause)
                case .giveUp: throw error
                }
                continue
            }
            // Of a call that may have been carried out, this is what is known.
            if let last, last.wasSent != .no { throw last }
            throw CallNotPermitted()
        }
    }

    /// Runs `attempt` until it is done or given up; for sign-in, which needs neither session nor slot.
    nonisolated(nonsending) func repeated<Result>(
        _ request: SalesforceRequest,
        _ attempt: (Int) async throws -> Result
    ) async throws -> Result {
        let elapsed = clock.stopwatch()
        var machine = RetryMachine(isRepeatable: request.isRepeatable, deadline: configuration.retryFor)
        var number = 0
        while true {
            number += 1
            do {
                return try await attempt(number)
            } catch let error as SalesforceError {
                switch machine.failed(error, elapsed: elapsed(), jitter: .random(in: 0...1)) {
                case .retry(let pause): try await clock.sleep(for: pause)
                case .signInAgain, .giveUp: throw error
                }
            }
        }
    }
}

extension Clock where Duration == Swift.Duration {
    /// Says how long it is since it was made.
    func stopwatch() -> @Sendable () -> Duration {
        let start = now
        return { start.duration(to: self.now) }
    }
}
