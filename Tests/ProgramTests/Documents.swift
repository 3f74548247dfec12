/// What `sequencectl --output json` answers, as far as the tests read it (control.md, JSON that others build on).
enum Documents {
    struct Run: Decodable, Sendable {
        var run: RunReport
    }

    struct RunReport: Decodable, Sendable {
        var id: String
        var state: String
        var reason: String?
        var warnings: [String]
        var steps: [Step]

        /// The step of a sync.
        subscript(sync: String) -> Step? { steps.first { $0.sync == sync } }
    }

    struct Step: Decodable, Sendable {
        var sync: String
        var state: String
        var reason: String?
        var read: Int
        var added: Int
        var changed: Int
        var unchanged: Int
        var owed: Int
        var created: Int
        var updated: Int
        var deleted: Int
        var rejected: Int
        var held: Int
    }

    struct Plan: Decodable, Sendable {
        struct Entry: Decodable, Sendable {
            struct Guard: Decodable, Sendable {
                var name: String
                var limit: String
                var actual: Int
                var exceeded: Bool
                var message: String
            }
            var sync: String
            var added: Int
            var changed: Int
            var removed: Int
            var unchanged: Int
            var guards: [Guard]
            var warnings: [String]
        }
        var plans: [Entry]
    }

    struct Explained: Decodable, Sendable {
        struct Change: Decodable, Sendable, Equatable {
            var old: String?
            var new: String?
        }
        struct Problem: Decodable, Sendable {
            var code: String
            var message: String
            var remedy: String
        }
        struct Lookup: Decodable, Sendable {
            var message: String
        }
        struct Delivery: Decodable, Sendable {
            var run: String
            var state: String
            var job: String?
            var position: Int?
        }
        struct Row: Decodable, Sendable {
            var `class`: String
            var state: String?
            var problem: Problem?
            var model: [String: String?]?
            var delivered: [String: String?]?
            var salesforce: [String: String?]?
            var payload: [String: String?]?
            var differences: [String: Change]
            var lookups: [Lookup]
            var deliveries: [Delivery]
            var notes: [String]
            var next: String
        }
        var row: Row
    }

    struct Requests: Decodable, Sendable {
        struct Call: Decodable, Sendable {
            var number: Int
            var method: String
            var path: String
            var requestBody: String?

            private enum CodingKeys: String, CodingKey {
                case number, method, path
                case requestBody = "request_body"
            }
        }
        var requests: [Call]
    }

    struct Started: Decodable, Sendable {
        var run: String
    }

    struct Runs: Decodable, Sendable {
        struct Entry: Decodable, Sendable {
            var id: String
            var state: String
        }
        var runs: [Entry]
    }

    struct Rejected: Decodable, Sendable {
        struct Row: Decodable, Sendable {
            var sync: String
            var key: String
            var operation: String
            var state: String
            var code: String
            var message: String
            var fields: [String]
            var explanation: String
            var remedy: String
            var retryable: Bool
            var resting: Bool
            var values: [String: String]
        }
        var schema: Int
        var rows: [Row]
    }

    struct Windows: Decodable, Sendable {
        struct Entry: Decodable, Sendable {
            var name: String
            var closed: Bool
            var from: String?
        }

        var windows: [Entry]
    }

    struct Syncs: Decodable, Sendable {
        struct Entry: Decodable, Sendable {
            var name: String
            var owed: Int
        }

        var syncs: [Entry]
    }

    struct Status: Decodable, Sendable {
        struct Daemon: Decodable, Sendable {
            var warnings: [String]
        }
        struct Entry: Decodable, Sendable {
            var name: String
            var next: String?
        }

        var daemon: Daemon
        var sequences: [Entry]
    }

    struct Check: Decodable, Sendable {
        struct Fault: Decodable, Sendable {
            var file: String
            var line: Int?
            var column: Int?
            var key: String?
            var message: String
            var suggestion: String?
        }
        var schema: Int
        var valid: Bool
        var faults: [Fault]
    }

    struct State: Decodable, Sendable {
        struct Findings: Decodable, Sendable {
            var sound: Bool
            var faults: [String]
            var notices: [String]
            var runs: Int
            var outcomes: Int
            var entries: Int
            var owed: Int
        }
        var state: Findings
    }

    struct Failed: Decodable, Sendable {
        struct Fault: Decodable, Sendable {
            var code: String
            var message: String
        }
        var schema: Int
        var error: Fault
    }
}
