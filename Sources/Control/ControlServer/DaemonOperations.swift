package import ControlProtocol

/// Events, oldest first, as fast as the reader takes them.
package typealias EventStream = AsyncThrowingStream<EventReport, any Error>

/// What the daemon can be asked and told: one operation a route.
///
/// Each throws `ControlFault` for what the caller should read: `notFound`, `refused`, `outsideFailed` and so on.
/// The role was checked before.
package protocol DaemonOperations: Sendable {
    /// Whether scheduler, store and socket answer.
    func isHealthy() async -> Bool
    /// All sequences, or those named.
    func status(names: [String], caller: Caller) async throws -> StatusAnswer
    func sequences(caller: Caller) async throws -> SequenceListAnswer
    func syncs(caller: Caller) async throws -> SyncListAnswer
    /// Newest first; `before` is the id of the run that the last page ended with.
    func runs(of target: String?, limit: Int, before: String?, caller: Caller) async throws -> RunListAnswer
    func schedules(caller: Caller) async throws -> ScheduleListAnswer
    func windows(caller: Caller) async throws -> QuietWindowListAnswer
    func destinations(caller: Caller) async throws -> DestinationListAnswer
    func show(_ target: String, caller: Caller) async throws -> Shown
    func plan(_ target: String, samples: Int, caller: Caller) async throws -> PlanAnswer
    func rejected(_ target: String, limit: Int?, caller: Caller) async throws -> RejectedAnswer
    /// The same put together by cause, however many they are.
    func rejectedCauses(_ target: String, caller: Caller) async throws -> RejectedCauses
    func explain(sync: String, key: String, caller: Caller) async throws -> ExplainAnswer
    /// `body`: the number of the request whose bodies are wanted.
    func requests(run: String, body: Int?, limit: Int?, caller: Caller) async throws -> RequestsAnswer
    func why(_ target: String, caller: Caller) async throws -> WhyAnswer
    /// `time`: RFC 3339; nil: now.
    func testWindows(at time: String?, caller: Caller) async throws -> QuietWindowTestAnswer
    func limits(destination: String?, caller: Caller) async throws -> LimitsAnswer
    func inspect(destination: String?, object: String?, caller: Caller) async throws -> InspectAnswer
    func doctor(destination: String?, caller: Caller) async throws -> DoctorAnswer
    /// The live check: asks sources and orgs.
    func check(caller: Caller) async throws -> CheckAnswer
    func definitionFiles(caller: Caller) async throws -> DefinitionFilesAnswer
    /// Those after number `after` that are still known, else the `last` so many; with `follow` those to come, too.
    func events(after: Int64?, last: Int64?, follow: Bool, caller: Caller) async throws -> EventStream
    /// OpenMetrics text.
    func metrics(caller: Caller) async throws -> String

    func start(_ command: StartCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer
    func stop(_ command: StopCommand, caller: Caller) async throws -> ActionAnswer
    func pause(_ command: PauseCommand, caller: Caller) async throws -> ActionAnswer
    func resume(_ command: ResumeCommand, caller: Caller) async throws -> ActionAnswer
    func retry(_ command: RetryCommand, idempotencyKey: String?, caller: Caller) async throws -> StartAnswer
    func approve(_ command: ApproveCommand, caller: Caller) async throws -> ActionAnswer
    func adopt(_ command: AdoptCommand, caller: Caller) async throws -> ActionAnswer
    func resolve(_ command: ResolveCommand, caller: Caller) async throws -> ActionAnswer
    func addWindow(_ command: QuietWindowAddCommand, caller: Caller) async throws -> QuietWindowAddAnswer
    func endWindow(_ command: QuietWindowEndCommand, caller: Caller) async throws -> ActionAnswer
    func reload(caller: Caller) async throws -> ReloadAnswer
    func login(_ command: LoginCommand, caller: Caller) async throws -> LoginAnswer
    func finishLogin(_ command: LoginFinishCommand, caller: Caller) async throws -> LoginAnswer
    func logout(_ command: LoginCommand, caller: Caller) async throws -> ActionAnswer
    func backUpState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer
    func restoreState(_ command: StateFileCommand, caller: Caller) async throws -> ActionAnswer
    func verifyState(caller: Caller) async throws -> StateAnswer
    func forgetRow(_ command: ForgetCommand, caller: Caller) async throws -> ActionAnswer
}

/// What `show` found: a run, or a definition.
package enum Shown: Sendable {
    case run(RunAnswer)
    case definition(ShowAnswer)
}
