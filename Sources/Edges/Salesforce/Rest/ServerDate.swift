package import Foundation
import NIOHTTP1

extension SalesforceClient {
    /// What time Salesforce has, from the `Date` of an answer; nil where it sends none.
    package func serverDate() async throws -> Date? {
        let request = SalesforceRequest(target: "/services/data", action: "ask for the time")
        let text: String? = try await send(request) { $0.headers.first(name: "Date") }
        guard let text else { return nil }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.date(from: text)
    }
}
