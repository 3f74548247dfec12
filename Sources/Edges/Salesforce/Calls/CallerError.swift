/// An error of the caller's own closure, which passes through untouched.
struct CallerError: Error {
    var cause: any Error

    /// Runs a closure of the caller's.
    static func passing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as SalesforceError {
            throw error
        } catch {
            throw CallerError(cause: error)
        }
    }
}
