import ServiceLifecycle

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
