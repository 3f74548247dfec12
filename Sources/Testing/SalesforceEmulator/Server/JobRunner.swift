import ServiceLifecycle
import Synchronization

/// Wakes the job runner.
final class WorkBell: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func ring() { continuation.yield() }

    func silence() { continuation.finish() }

    var rings: AsyncStream<Void> { stream }
}

/// Takes the steps of the org's jobs, one transaction of 200 rows at a time, while there are any.
struct JobRunner: Service {
    let org: Org
    let bell: WorkBell

    func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in bell.rings {
                while !Task.isCancelled, !Task.isShuttingDownGracefully {
                    switch await org.takeJobStep() {
                    case .idle: break
                    case .again: continue
                    case .wait(let milliseconds):
                        // Cancelled sleep: the loop's own condition ends it.
                        try? await Task.sleep(for: .milliseconds(milliseconds))
                        continue
                    }
                    break
                }
            }
        } onGracefulShutdown: {
            bell.silence()
        }
    }
}

/// What the runner does next.
enum JobStep: Sendable {
    case idle
    case again
    case wait(milliseconds: Int)
}
