internal import AsyncHTTPClient
import Foundation
internal import NIOCore
internal import NIOHTTP1

/// An address that is told something by POST.
package struct WebHook: Sendable {
    private let address: String
    private let limit: Duration

    package init(_ address: String, limit: Duration) {
        self.address = address
        self.limit = limit
    }

    /// Posts JSON.
    ///
    /// - Throws: `HookError` when nobody answers in time, or the answer is not 2xx.
    package func post(_ json: [UInt8]) async throws {
        // The path of such an address is often a secret by itself.
        let host = URLComponents(string: address)?.host ?? "the webhook"
        do {
            var request = HTTPClientRequest(url: address)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "user-agent", value: "sequenced")
            request.body = .bytes(ByteBuffer(bytes: json))
            let answer = try await HTTPClient.shared.execute(
                request,
                timeout: .nanoseconds(Int64(limit / .nanoseconds(1)))
            )
            guard (200..<300).contains(answer.status.code) else {
                throw HookError(.failed, "\(host) answered \(answer.status.code)")
            }
        } catch let error as HookError {
            throw error
        } catch let error as HTTPClientError {
            throw HookError(.timeout, "\(host) was not reached: \(error.shortDescription)")
        } catch {
            throw HookError(.failed, "\(host) was not reached")
        }
    }
}
