extension Org {
    func classic(_ call: Call) -> Answer { Answer(status: 404) }
    func listing(_ job: ClassicJob) -> JSONValue { .null }
    func process(_ chunk: Range<Int>, of job: ClassicJob, _ batch: ClassicBatch, _ run: BatchRun) {}
    func complete(_ batch: ClassicBatch, of job: ClassicJob) {}
    func soap(_ call: Call) -> Answer { Answer(status: 404) }
    func tooling(_ rest: RESTCall) throws(RESTError) -> Answer { throw .notFound }
    func composite(_ rest: RESTCall) throws(RESTError) -> Answer {
        guard rest.path.count > 1, rest.path[1] == "sobjects" else { throw .notFound }
        return try collections(rest)
    }
    func liveMetadata(_ type: ObjectType, _ number: Int) -> JSONValue? { nil }
    func plantSetup() {}
    func restoreKept(in folder: String) throws {}
    func keepSnapshot() throws {}
}
