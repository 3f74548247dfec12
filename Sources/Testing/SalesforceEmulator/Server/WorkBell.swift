/// Wakes the job runner.
final class WorkBell: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func ring() { continuation.yield() }

    func silence() { continuation.finish() }

    var rings: AsyncStream<Void> { stream }
}

/// What the runner does next.
enum JobStep: Sendable {
    case idle
    case again
    case wait(milliseconds: Int)
}
